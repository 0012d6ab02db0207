using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>What both transports count alike.</summary>
static class StreamMetrics
{
    public static readonly Counter<long> Bytes = Telemetry.Meter.CreateCounter<long>(
        "news.stream.bytes",
        "By",
        "Bytes sent to subscribers"
    );
}
