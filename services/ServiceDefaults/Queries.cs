using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

public static class Queries
{
    /// <summary>Refuses parameters other than these (400), so that a misspelt filter does not quietly answer with everything.</summary>
    public static TBuilder WithQuery<TBuilder>(this TBuilder endpoint, params string[] known) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                if (!known.Contains(name))
                {
                    throw Refusal.Unreadable(name, known.Length == 0 ? "no parameter is taken here" : $"is not a parameter; there are {string.Join(", ", known)}");
                }
                if (values.Count > 1 && name != "topic")
                {
                    throw Refusal.Unreadable(name, "stands more than once");
                }
            }
            return await next(context);
        }).WithMetadata(new KnownQuery(known));
}
