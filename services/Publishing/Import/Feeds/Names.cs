using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>What the items of one feed are called: some give every item one name, and the last would replace all before it.</summary>
sealed class Names
{
    /// <summary>As many as are remembered; a feed has thousands.</summary>
    const int MaxNames = 100_000;

    readonly Dictionary<string, string> addresses = new(StringComparer.Ordinal);

    /// <summary>What to answer for an item whose name is that of another address; null where it is not.</summary>
    public Func<ImportItem>? Fault(string? name, string? address)
    {
        (name, address) = (name?.Trim(), address?.Trim());
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(address) || name.Length > 2_000 || address.Length > 2_000)
        {
            return null;
        }
        if (addresses.TryGetValue(name, out var before))
        {
            return before == address
                ? null
                : () =>
                    throw ProblemException.BadRequest(
                        "id",
                        $"'{Html.Cut(name, 60)}' was the name of {Html.Cut(before, 200)} before; two items cannot have one name"
                    );
        }
        if (addresses.Count < MaxNames)
        {
            addresses.Add(name, address);
        }
        return null;
    }
}
