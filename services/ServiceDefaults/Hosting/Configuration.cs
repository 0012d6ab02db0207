using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace NewsPlatform.ServiceDefaults;

public static class Configuration
{
    /// <summary>Binds and checks a section at once, and makes the options available to the service.</summary>
    /// <exception cref="ConfigurationFault">Names each setting at fault and the environment variable that sets it.</exception>
    public static T Require<T>(this IHostApplicationBuilder builder, string section)
        where T : class, new()
    {
        var options = new T();
        try
        {
            builder.Configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationFault($"{e.Message} {e.InnerException?.Message}".Trim());
        }
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
        {
            throw new ConfigurationFault(
                string.Join("; ", faults.Select(f => $"{f.ErrorMessage} (set {string.Join(", ", f.MemberNames.Select(Variable))})"))
            );
        }
        builder.Services.TryAddSingleton(options);
        return options;

        string Variable(string member) => $"{section.Replace(":", "__", StringComparison.Ordinal)}__{member}";
    }
}
