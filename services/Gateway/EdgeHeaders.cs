using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway;

/// <summary>What browsers are told about every answer, whichever service it comes from.</summary>
public static class EdgeHeaders
{
    public static void UseEdgeHeaders(this IApplicationBuilder app) => app.UseSecurityHeaders(new HeaderPolicyCollection()
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
        })
        .RemoveServerHeader());
}
