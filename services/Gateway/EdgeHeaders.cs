using NetEscapades.AspNetCore.SecurityHeaders.Headers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway;

/// <summary>What browsers are told about every answer, whichever service it comes from.</summary>
public static class EdgeHeaders
{
    static readonly HeaderPolicyCollection news = Policy(_ => { });

    /// <summary>
    /// The reference's own script begins by a line in the page, and makes its styles itself; what it may load is as little as elsewhere.
    /// </summary>
    static readonly HeaderPolicyCollection docs = Policy(policy =>
    {
        policy.AddScriptSrc().Self().WithNonce();
        policy.AddStyleSrc().Self().UnsafeInline();
        policy.AddFontSrc().Self().Data();
    });

    public static void UseEdgeHeaders(this IApplicationBuilder app)
    {
        app.UseWhen(IsDocs, page => page.UseSecurityHeaders(docs));
        app.UseWhen(context => !IsDocs(context), page => page.UseSecurityHeaders(news));
    }

    static bool IsDocs(HttpContext context) => context.Request.Path.StartsWithSegments(Docs.Path, StringComparison.OrdinalIgnoreCase);

    static HeaderPolicyCollection Policy(Action<CspBuilder> more) =>
        new HeaderPolicyCollection()
            .AddContentTypeOptionsNoSniff()
            .AddFrameOptionsDeny()
            .AddReferrerPolicyStrictOriginWhenCrossOrigin()
            .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
            .AddContentSecurityPolicy(policy =>
            {
                policy.AddDefaultSrc().Self();
                policy.AddImgSrc().Self().Data().From("https:");
                policy.AddMediaSrc().Self().From("https:");
                policy.AddFrameSrc().From(CleanHtml.EmbedHosts.Select(host => $"https://{host}"));
                policy.AddObjectSrc().None();
                policy.AddBaseUri().None();
                policy.AddFrameAncestors().None();
                policy.AddFormAction().Self();
                more(policy);
            })
            .RemoveServerHeader();
}
