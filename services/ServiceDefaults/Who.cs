using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Who acts in a request: a key or a person.</summary>
/// <param name="Name"><c>key:{name}</c>, or the name by which the issuer of tokens knows a person.</param>
/// <param name="Categories">Those that it may act on; all of them when there is none.</param>
public sealed record Who(string Name, IReadOnlyList<string> Categories)
{
    /// <summary>The claim that names a category.</summary>
    public const string Category = "category";

    /// <summary>Recorded for what the platform does by itself.</summary>
    public const string Platform = "platform";

    static readonly AsyncLocal<Who?> current = new();

    /// <summary>Null when nobody does, such as in what the platform does by itself.</summary>
    public static Who? Current => current.Value;

    /// <exception cref="Refusal">403 that names the category.</exception>
    public void RequireCategory(string category)
    {
        if (Categories.Count > 0 && !Categories.Contains(category))
        {
            throw new Refusal(403, "forbidden", $"{Name} may not act on the category {category}, only on {string.Join(", ", Categories)}.")
            {
                Members = { ["category"] = category, ["categories"] = Categories },
            };
        }
    }

    internal static Task Know(HttpContext context, RequestDelegate next)
    {
        current.Value = context.User.Identity is { IsAuthenticated: true, Name: { } name }
            ? new(name, [.. context.User.FindAll(Category).Select(claim => claim.Value)])
            : null;
        return next(context);
    }

    internal static ClaimsPrincipal Principal(string name, IEnumerable<string> roles, IEnumerable<string> categories, string scheme) => new(new ClaimsIdentity(
        [new(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, role)), .. categories.Select(category => new Claim(Category, category))], scheme));
}
