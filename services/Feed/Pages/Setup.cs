namespace NewsPlatform.Feed.Pages;

public static class Setup
{
    public static void AddPages(this WebApplicationBuilder builder) => builder.Services.AddRazorPages();

    public static void MapPages(this WebApplication app)
    {
        app.UseStaticFiles();
        app.MapRazorPages();
    }
}
