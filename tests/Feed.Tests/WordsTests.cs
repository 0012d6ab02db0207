using System.Reflection;
using NewsPlatform.Feed.Localization;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>What the pages say, in each of their languages.</summary>
public sealed class WordsTests
{
    static readonly string[] members =
    [
        .. typeof(Words)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType == typeof(string))
            .Select(property => property.Name)
            .Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> Languages => [.. Words.Languages];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_language_has_every_text_and_no_other(string language)
    {
        var words = Words.Of(language);
        Assert.Equal(members, words.Names.Order(StringComparer.Ordinal));
        Assert.All(members, name => Assert.NotEqual("", typeof(Words).GetProperty(name)!.GetValue(words)));
    }

    [Fact]
    public void An_edition_in_another_language_speaks_English() => Assert.Same(Words.Of("en"), Words.Of("fi"));

    [Fact]
    public void Each_language_has_texts_of_its_own() =>
        Assert.Equal(Words.Languages.Count, Words.Languages.Select(language => Words.Of(language).AllNews).Distinct().Count());
}
