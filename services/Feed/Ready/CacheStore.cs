using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>The memory for finished answers. Keys, marks and header fields count as what they take.</summary>
public sealed class CacheStore : IDisposable
{
    /// <summary>The part of the memory that knows answers by their address.</summary>
    const int AddressesPart = 16;

    readonly AnswerMemory<CacheKey, Kept> answers;
    readonly TimeSpan keep;

    /// <summary>Keys of answers by their address. Who is not among them is found as what was read of their address.</summary>
    readonly MemoryCache addresses;

    public CacheStore(ReadyOptions options)
    {
        var most = options.MaxMegabytes * 1_048_576L;
        keep = TimeSpan.FromSeconds(options.KeepSeconds);
        addresses = new(new MemoryCacheOptions { SizeLimit = most / AddressesPart });
        answers = new(most - most / AddressesPart, options.OthersPercent, keep, "news.feed.ready", "finished answers that are kept");
    }

    public Kept? Get(CacheKey key) => answers.Get(key, key.IsHead);

    /// <summary>What the answer at an address is kept under, and the language of its stories.</summary>
    public (CacheKey Key, string? Language)? KeyOf(string target) =>
        addresses.TryGetValue(target, out (CacheKey, string?) known) ? known : null;

    public void Set(CacheKey key, string? language, Kept kept)
    {
        answers.Set(key, kept, key.IsHead, key.Size + kept.Answer.MaxSize + sizeof(char) * (kept.Mark?.Length ?? 0));
        if (key.Address is { } address)
        {
            addresses.Set(address.Path, (key, language), new MemoryCacheEntryOptions { Size = key.Size, SlidingExpiration = keep });
        }
    }

    public void Dispose()
    {
        answers.Dispose();
        addresses.Dispose();
    }
}
