using System.Xml;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>A reader keeps every name that it meets for as long as it reads, which may be for days.</summary>
sealed class BoundedNames : NameTable
{
    const int MaxNames = 20_000;
    int names;

    public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Kept(base.Add(key, start, len));

    public override string Add(string key) => Get(key) ?? Kept(base.Add(key));

    string Kept(string name) =>
        ++names <= MaxNames
            ? name
            : throw new ProblemException(413, "too-large", $"it has more than {MaxNames} names of elements and attributes");
}
