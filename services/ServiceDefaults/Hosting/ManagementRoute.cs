using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What a service serves on its management port besides.</summary>
public sealed record ManagementRoute(string Path, RequestDelegate Handle);
