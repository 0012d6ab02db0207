using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.WebEncoders;
using NewsPlatform.Feed.Ready;

namespace NewsPlatform.Feed.Pages;

public static class PagesSetup
{
    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorPages(pages =>
            pages.Conventions.AddFolderApplicationModelConvention("/", page =>
                page.EndpointMetadata.Add(new HttpMethodMetadata(Conditional.GetAndHead))
            )
        );
        builder.Services.Configure<MvcOptions>(mvc =>
        {
            mvc.Filters.Add<ReadyPage>();
            // Pages are only read: what somebody sends with that, as a form or otherwise, is not looked at.
            mvc.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        });
        builder.Services.Configure<RouteOptions>(routes =>
        {
            routes.ConstraintMap["edition"] = typeof(EditionConstraint);
            routes.ConstraintMap["category"] = typeof(CategoryConstraint);
            routes.ConstraintMap["line"] = typeof(LineConstraint);
        });
        // Cyrillic and Azerbaijani as themselves: a third of the bytes that character references take.
        builder.Services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }

    public static void MapPages(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute(MissingModel.Path);
        app.Use(OnlyPages);
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = Cache });
        Start.Map(app);
        Pictures.Map(app);
        app.MapRazorPages();
    }

    // What else is not found is answered with problem details, by the pages of status codes further out.
    static Task OnlyPages(HttpContext context, RequestDelegate next)
    {
        var page =
            Conditional.GetAndHead.Contains(context.Request.Method)
            && !context.Request.Path.StartsWithSegments("/api")
            && !Path.HasExtension(context.Request.Path);
        context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = page;
        return next(context);
    }

    static void Cache(StaticFileResponseContext file)
    {
        var (request, headers) = (file.Context.Request, file.Context.Response.Headers);
        if (request.Path == "/sw.js")
        {
            // The service worker's address is always the same, and all pages are its own.
            headers.CacheControl = "no-cache";
            headers["Service-Worker-Allowed"] = "/";
            return;
        }
        headers.CacheControl = request.Query.ContainsKey("v") ? Forever : "public, no-cache";
    }

    /// <summary>For what never changes at its address.</summary>
    public const string Forever = "public, max-age=31536000, immutable";
}
