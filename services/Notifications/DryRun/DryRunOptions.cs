using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.DryRun;

public sealed class DryRunOptions
{
    /// <summary>Seconds between two dry runs, of all instances together; 0 for none.</summary>
    [Range(0, 86_400)]
    public int EverySeconds { get; set; } = 300;

    /// <summary>Seconds after which a channel that has not had the bulletin raises the alarm.</summary>
    [Range(1, 300)]
    public int AlarmSeconds { get; set; } = 15;
}
