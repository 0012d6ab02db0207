using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.Bulletins;

public sealed class BulletinOptions
{
    /// <summary>Days that bulletins stay in the log; who comes back later is told that there is a gap.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 30;
}
