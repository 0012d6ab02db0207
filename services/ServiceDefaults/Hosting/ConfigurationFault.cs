namespace NewsPlatform.ServiceDefaults;

/// <summary>Configuration that a service cannot start with; its message is the one line that the operator reads.</summary>
public sealed class ConfigurationFault(string message) : Exception(message);
