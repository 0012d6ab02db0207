using JasperFx.Events;
using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Publishing's event store as the service configures it, in the tests' own process.</summary>
static class Store
{
    /// <param name="connectionString">Nowhere by default, for who only asks how it is configured.</param>
    public static IDocumentStore Open(string connectionString = "Host=nowhere.invalid;Database=none")
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Database:ConnectionString", connectionString)]);
        builder.AddStore(Storage.Configure);
        return builder.Build().Services.GetRequiredService<IDocumentStore>();
    }

    /// <summary>All but the event store's own.</summary>
    public static IEnumerable<IEventType> EventTypes(IDocumentStore store) =>
        store.Options.Events.AllKnownEventTypes().Where(e => e.EventType.Namespace?.Split('.')[0] is not ("Marten" or "JasperFx"));
}
