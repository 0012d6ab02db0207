using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>The one comparison of words, and what masks them.</summary>
public sealed class FoldingTests
{
    [Theory]
    [InlineData("İSTANBUL", "istanbul")]
    [InlineData("ISTANBUL", "istanbul")]
    [InlineData("ışık", "işik")]
    [InlineData("i\u0307zmir", "izmir")]
    [InlineData("I\u0307zmir", "izmir")]
    [InlineData("Cafe\u0301", "café")]
    [InlineData("Caf\u00ade\u00ad\u0301", "café")]
    [InlineData("\ufeff soft\u00adhyphen  and\u00a0\n space ", "softhyphen and space")]
    [InlineData("ﬁne Ｔｏｋｙｏ ①", "fine tokyo 1")]
    [InlineData("Straße STRASSE GROẞ", "strasse strasse gross")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευσ")]
    [InlineData("οδυσσευς", "οδυσσευσ")]
    [InlineData("ЁЛКА", "ёлка")]
    [InlineData("می\u200cخواهم", "میخواهم")]
    [InlineData("ភាសា\u200bខ្មែរ", "ភាសា ខ្មែរ")]
    [InlineData("", "")]
    public void Texts_that_name_the_same_fold_to_one(string text, string folded)
    {
        Assert.Equal(folded, Folding.Of(text));
        Assert.Equal(folded, Folding.Of(folded));
    }

    [Fact]
    public void What_is_no_text_folds_too() => Assert.Equal("odd \ufffd pairs", Folding.Of("Odd \ufffe\ud800 pairs"));

    [Theory]
    [InlineData("IŞIK İL", "tr", "ışık il")]
    [InlineData("IŞIK İL", "az", "ışık il")]
    [InlineData("IŞIK İL", "en", "işik il")]
    [InlineData("IRAN", "tr-TR", "ıran")]
    public void A_language_has_its_own_small_letters(string text, string language, string small) =>
        Assert.Equal(small, Folding.Of(text, language));

    [Fact]
    public void What_is_seen_stays_where_a_text_is_shown() =>
        Assert.Equal("Harbour and 👩\u200d🚒 ❤\ufe0f", Folding.Visible("Har\u00adbour and 👩\u200d🚒 ❤\ufe0f"));

    [Theory]
    [InlineData("İlham Şıxlı", "ILHAM ŞIXLI", true)]
    [InlineData("İlham Şıxlı", "il\u00adham\u00a0şı\u200bxlı", true)]
    [InlineData("Jose\u0301", "JOSÉ", true)]
    [InlineData("Strauß", "STRAUSS", true)]
    [InlineData("Strauss", "Strauß", true)]
    [InlineData("(c++)", "(C++) d", true)]
    [InlineData("Σταύρος", "ΣΤΑΎΡΟΣ", true)]
    [InlineData("Jane", "Jan e", false)]
    [InlineData("Jose", "José", false)]
    public void A_name_is_masked_in_every_spelling(string name, string said, bool masked) =>
        Assert.Equal(masked, Masking.Of(new(null, name, "somebody", "asked")).IsIn($"It says {said}."));
}
