namespace NewsPlatform.TestSupport;

/// <summary>Where the project lies, and the built services in it.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Debug or Release, as the tests themselves were built.</summary>
    static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The portal page of the reference's shape that belongs to the project.</summary>
    public static string PortalPage => File.ReadAllText(Path.Combine(Root, "tests", "TestSupport", "Pages", "portal-page.txt"));

    /// <summary>The real portal's page, where it lies beside the project.</summary>
    public static string? ReferencePage =>
        Path.Combine(Root, "..", "shared", "seeds", "portal-page.txt") is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    public static string Assembly(string service) =>
        Path.Combine(Root, "services", service, "bin", Configuration, "net10.0", $"NewsPlatform.{service}.dll");

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NewsPlatform.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("The tests run from a build inside the project.");
    }
}
