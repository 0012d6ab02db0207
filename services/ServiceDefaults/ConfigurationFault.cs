using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Configuration that a service cannot start with; its message is the one line that the operator reads.</summary>
public sealed class ConfigurationFault(string message) : Exception(message);
