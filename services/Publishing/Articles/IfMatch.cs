using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// The versions that a writer means, from If-Match (RFC 9110, section 13.1.1): ETags of the article, or <c>*</c> for any.
/// </summary>
/// <param name="Versions">Those of the header that can be an article's; null for any.</param>
public sealed record IfMatch(IReadOnlyList<long>? Versions) : IEndpointParameterMetadataProvider
{
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new NeedsVersion());

    /// <exception cref="ProblemException">428 when the header is absent, 400 when it is no list of ETags.</exception>
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (string.IsNullOrEmpty(header.ToString()))
        {
            throw ProblemException.PreconditionRequired();
        }
        if (header.ToString().Trim() == "*")
        {
            return new(new IfMatch((IReadOnlyList<long>?)null));
        }
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags) || tags.Contains(EntityTagHeaderValue.Any))
        {
            throw ProblemException.BadRequest("If-Match", "must be the ETag of a version, such as \"3\", a list of them, or *");
        }
        return new(new IfMatch([.. tags.Select(Version).OfType<long>()]));
    }

    public bool Matches(long version) => Versions is null || Versions.Contains(version);

    /// <summary>
    /// The comparison is the strong one, so a weak tag is nobody's (RFC 9110, section 8.8.3.2); nor is one that we never gave.
    /// </summary>
    static long? Version(EntityTagHeaderValue tag) =>
        !tag.IsWeak
        && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && tag.Tag == $"\"{version}\""
            ? version
            : null;
}
