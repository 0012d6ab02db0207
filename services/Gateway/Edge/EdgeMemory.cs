using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>The answers that are kept, by their address.</summary>
public sealed class EdgeMemory(EdgeOptions options) : IDisposable
{
    /// <summary>UTF-16 code units of an address that is looked up.</summary>
    const int MaxAddress = 1_024;

    /// <summary>Addresses of which it is known that nothing is kept.</summary>
    const int MaxNever = 10_000;

    static readonly TimeSpan neverKept = TimeSpan.FromSeconds(10);

    readonly AnswerMemory<string, KeptAnswer> answers = new(
        options.MaxMegabytes * 1_048_576L,
        options.OthersPercent,
        TimeSpan.FromSeconds(options.KeepSeconds),
        "news.gateway.edge",
        "answers that are kept"
    );
    readonly MemoryCache never = new(new MemoryCacheOptions { SizeLimit = MaxNever });

    /// <summary>What is kept for an address, however its parameters are ordered and whatever nobody reads stands beside them.</summary>
    /// <param name="target">As the request's first line has it.</param>
    public KeptAnswer? Find(string target)
    {
        if (target.Length > MaxAddress)
        {
            return null;
        }
        if (answers.Get(target) is { } exact)
        {
            return exact;
        }
        return
            target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0
            && EdgeAddress.Of(target, answers.Get(target[..query])?.Entry.Reads) is var spelt
            && spelt != target
            ? answers.Get(spelt)
            : null;
    }

    public void Set(KeptAnswer kept) =>
        answers.Set(EdgeAddress.Of(kept.Entry.Address, kept.Entry.Reads), kept, kept.Entry.IsHead, kept.Size);

    /// <summary>What Feed answered there was nothing to keep, not long ago.</summary>
    public bool IsNeverKept(string address) => never.TryGetValue(address, out _);

    /// <summary>Nobody waits for another's answer there for a while.</summary>
    public void NeverKeep(string address)
    {
        if (address.Length <= MaxAddress)
        {
            never.Set(address, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = neverKept });
        }
    }

    public void Dispose()
    {
        answers.Dispose();
        never.Dispose();
    }
}
