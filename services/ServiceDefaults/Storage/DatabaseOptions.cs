using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.ServiceDefaults;

public sealed class DatabaseOptions
{
    /// <summary>Npgsql's, such as <c>Host=postgres;Database=feed;Username=feed</c>.</summary>
    [Required(ErrorMessage = "the service's own database is needed")]
    public string ConnectionString { get; set; } = "";

    /// <summary>Apart from the connection string, so that a file of secrets can hold it.</summary>
    public string? Password { get; set; }

    /// <summary>The most connections that one instance opens.</summary>
    [Range(5, 1000)]
    public int MaxConnections { get; set; } = 40;
}
