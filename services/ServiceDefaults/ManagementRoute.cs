using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What a service serves on its management port besides.</summary>
public sealed record ManagementRoute(string Path, RequestDelegate Handle);
