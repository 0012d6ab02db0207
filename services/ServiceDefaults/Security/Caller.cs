using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Who acts in a request: a key or a person.</summary>
/// <param name="id">
/// What belongs to the caller is stored under it, and it is never given to anybody else: <c>key:{id of the key}</c>, <c>key:admin</c> for
/// the first key, or <c>token:{subject}</c> for a person whom the issuer of tokens knows. The colons keep the three apart whatever a
/// subject says.
/// </param>
/// <param name="name">For people to read, in the history and in refusals: <c>key:{name}</c>, or the name by which the issuer of tokens
/// knows a person.</param>
/// <param name="categories">Those that it may act on; all of them when there is none.</param>
/// <param name="fault">Why it would not be let in any more, such as that its key was revoked; null while it would.</param>
public sealed class Caller(string id, string name, IReadOnlyList<string> categories, Func<string?> fault)
{
    /// <summary>Recorded, as name and as id, for what the platform does by itself.</summary>
    public const string PlatformId = "platform";

    /// <summary>Acts where no request does; it may act on everything.</summary>
    public static readonly Caller Platform = new(PlatformId, PlatformId, [], () => null);

    /// <summary>Who acts in the request; null when nobody has proved who it is.</summary>
    public static Caller? Of(HttpContext context) => context.Items[typeof(Caller)] as Caller;

    /// <summary>Gives an endpoint its caller as a parameter; the endpoint has to require that there is one.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>What belongs to the caller is stored under it; a name can be given to another key later, and this cannot.</summary>
    public string Id => id;

    /// <summary>For people to read; says nothing about what belongs to whom.</summary>
    public string Name => name;

    /// <summary>The id of a platform key's bearer.</summary>
    public static string IdOfKey(Guid key) => $"key:{key:D}";

    /// <summary>The key that such an id is of; null for the first key's and for a person's.</summary>
    public static Guid? KeyOf(string id) =>
        id.StartsWith("key:", StringComparison.Ordinal) && Guid.TryParseExact(id.AsSpan(4), "D", out var key) ? key : null;

    /// <summary>The id of a person whom the issuer of tokens knows.</summary>
    public static string IdOfToken(string subject) => $"token:{subject}";

    /// <summary>
    /// A person's name as the history shows it; one that reads like a key's, or like the platform's own, is shown as a token's.
    /// </summary>
    public static string NameOfToken(string subject) =>
        subject == PlatformId
        || subject.StartsWith("key:", StringComparison.Ordinal)
        || subject.StartsWith("token:", StringComparison.Ordinal)
            ? $"token:{subject}"
            : subject;

    /// <summary>Those that it may act on; all of them when there is none.</summary>
    public IReadOnlyList<string> Categories => categories;

    /// <summary>Why it would not be let in any more; null while it would.</summary>
    public string? Fault => fault();

    /// <summary>To be asked at every act, since a request may last for hours and do many.</summary>
    /// <exception cref="ProblemException">401 when it would not be let in any more; 403 that names the category.</exception>
    public void Require(string category)
    {
        if (fault() is { } why)
        {
            throw new ProblemException(401, "unauthenticated", $"{name}: {why}");
        }
        if (categories.Count > 0 && !categories.Contains(category))
        {
            throw new ProblemException(
                403,
                "forbidden",
                $"{name} may not act on the category {category}, only on {string.Join(", ", categories)}."
            )
            {
                Members = { ["category"] = category, ["categories"] = categories },
            };
        }
    }

    /// <summary>What authentication found out stays with the request until it is let in.</summary>
    internal ClaimsPrincipal Enter(HttpContext context, IEnumerable<string> roles, string scheme)
    {
        context.Items[typeof(Caller)] = this;
        return new(new ClaimsIdentity([new(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, role))], scheme));
    }
}
