using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Publishing.Import.Items;

public sealed class ImportOptions
{
    /// <summary>Bytes of one line.</summary>
    [Range(1024, 64 << 20)]
    public int MaxLineBytes { get; set; } = 2 << 20;

    /// <summary>Bytes of a portal page.</summary>
    [Range(1024, 64 << 20)]
    public int MaxPageBytes { get; set; } = 4 << 20;

    /// <summary>Bytes of one item of a feed.</summary>
    [Range(1024, 64 << 20)]
    public int MaxItemBytes { get; set; } = 4 << 20;

    /// <summary>Pictures of a WordPress export that are remembered for posts that come later; the oldest are forgotten.</summary>
    [Range(0, 10_000_000)]
    public int MaxPictures { get; set; } = 100_000;

    /// <summary>
    /// Bytes of a WordPress export that wait for a featured picture which stands behind its post; then it goes in without.
    /// </summary>
    [Range(0, 1 << 30)]
    public int MaxWaitingBytes { get; set; } = 8 << 20;

    /// <summary>Lines that are stored in one transaction.</summary>
    [Range(1, 1000)]
    public int BatchLines { get; set; } = 250;
}
