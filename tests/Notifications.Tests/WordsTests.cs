using NewsPlatform.Notifications.WebPush;
using NewsPlatform.ServiceDefaults;
using Xunit;
using MailWords = NewsPlatform.Notifications.Email.Words;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What mails and pushes say besides the news, in each language.</summary>
public sealed class WordsTests
{
    public static TheoryData<string> Languages => [.. MailWords.Languages];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_language_has_every_text_and_no_other(string language)
    {
        Has<MailWords>(language);
        Has<PushWords>(language);
    }

    static void Has<TTexts>(string language)
        where TTexts : LocalizedTexts<TTexts>, new()
    {
        var texts = LocalizedTexts<TTexts>.Of(language);
        Assert.Equal(LocalizedTexts<TTexts>.Of("en").Names.Order(), texts.Names.Order());
        var members = typeof(TTexts).GetProperties().Where(property => property.PropertyType == typeof(string)).ToArray();
        Assert.NotEmpty(members);
        Assert.All(members, member => Assert.NotEqual("", member.GetValue(texts)));
    }

    [Theory]
    [InlineData("en", 2, false, "Two stories while you slept")]
    [InlineData("en", 13, false, "13 stories while you slept")]
    [InlineData("en", 20, true, "More than 20 stories while you slept")]
    [InlineData("ru", 21, false, "21 новость, пока вы спали")]
    [InlineData("ru", 3, false, "3 новости, пока вы спали")]
    [InlineData("ru", 12, false, "12 новостей, пока вы спали")]
    [InlineData("az", 4, false, "Siz yatarkən 4 xəbər")]
    [InlineData("tr", 4, true, "Siz uyurken 4 haberden fazlası")]
    public void A_digest_counts_in_its_language(string language, int count, bool more, string said) =>
        Assert.Equal(said, PushWords.Of(language).Digest(count, more));
}
