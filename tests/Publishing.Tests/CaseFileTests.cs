using System.Text;
using NewsPlatform.Publishing.Import;
using Xunit;
using static NewsPlatform.Publishing.Tests.FieldImportTests;

namespace NewsPlatform.Publishing.Tests;

/// <summary>Files from the field whose items are told apart, dated, sorted and illustrated.</summary>
public sealed class CaseFileTests
{
    static string Picture(ImportEntry entry) => entry.Article!.Copy.Media.Picture?.Url ?? "none";

    [Fact]
    public async Task A_featured_picture_is_shown_though_it_stands_behind_its_post() =>
        Assert.Equal(["https://harbour.example/u/pier.jpg"], (await FieldAsync("wxr-thumbnail-after-post.xml")).Select(Picture));

    [Fact]
    public async Task Posts_that_wait_for_their_pictures_are_answered_in_the_order_of_the_file()
    {
        var entries = await FieldImportTests.ReadAsync(
            Export(
                Post(1, 11),
                Post(2, 12),
                Post(3, 0),
                Attachment(12),
                Post(4, 11),
                "<item><title>bad</title>&</item>",
                Attachment(11),
                Post(5, 12),
                Post(6, 99)
            ),
            json: false
        );
        Assert.Equal(
            [(1, "11.jpg"), (2, "12.jpg"), (3, "none"), (5, "11.jpg"), (6, "bad"), (8, "12.jpg"), (9, "none")],
            entries.Select(e => (e.Line, e.Article is null ? "bad" : Picture(e).Split('/')[^1]))
        );
    }

    [Fact]
    public async Task What_waits_for_a_picture_is_no_more_than_may_be_kept()
    {
        var file = Export([.. Enumerable.Range(1, 100).Select(i => Post(i, 1_000)), Attachment(1_000)]);
        var some = (await FieldImportTests.ReadAsync(file, json: false, options: new() { MaxWaitingBytes = 100_000 }))
            .Select(Picture)
            .ToList();
        Assert.Equal(100, some.Count);
        Assert.Equal(["none", "https://e.example/1000.jpg"], some.Distinct());
        Assert.Equal(
            "none",
            Assert.Single(
                (await FieldImportTests.ReadAsync(file, json: false, options: new() { MaxWaitingBytes = 0 })).Select(Picture).Distinct()
            )
        );
        Assert.Equal(
            "none",
            Assert.Single(
                (await FieldImportTests.ReadAsync(file, json: false, options: new() { MaxPictures = 0 })).Select(Picture).Distinct()
            )
        );
    }

    [Fact]
    public async Task Posts_of_which_some_have_broken_off_go_in_without_the_pictures_that_did_not_come()
    {
        var file = Encoding.UTF8.GetString(Export(Post(1, 11), Post(2, 12)));
        var entries = await FieldImportTests.ReadAsync(
            Encoding.UTF8.GetBytes(
                file[..file.IndexOf("</item>", file.IndexOf("Post 2", StringComparison.Ordinal), StringComparison.Ordinal)]
            ),
            json: false
        );
        Assert.Equal([(1, "Post 1"), (2, null)], entries.Select(e => (e.Line, e.Article?.Copy.Headline)));
    }

    [Fact]
    public async Task A_time_of_a_feed_goes_in_with_its_zone_and_is_rejected_by_name_without()
    {
        var entries = await FieldAsync("feed-dates.xml");
        Assert.Equal([1, 2, 3, 10, 11, 17, 18, 19, 20, 21], entries.Where(e => e.Article is null).Select(e => e.Line - 1));
        Assert.All(entries.Where(e => e.Article is null), e =>
            Assert.Contains("is no time with its zone", e.Reason, StringComparison.Ordinal)
        );
        Assert.Equal(new DateTimeOffset(2013, 3, 5, 10, 0, 0, TimeSpan.Zero), entries[0].Article!.PublishedAt);
    }

    [Theory]
    [InlineData("category-capitals-tr.xml", "economy", "politics")]
    [InlineData("category-capitals-az.xml", "economy", "sport", "culture")]
    public async Task A_category_in_capitals_of_its_language_is_found(string file, params string[] categories) =>
        Assert.Equal(categories, (await FieldAsync(file)).Select(e => e.Article!.Copy.Category));

    static byte[] Export(params string[] items) =>
        Encoding.UTF8.GetBytes(
            $"<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>"
                + $"<link>https://e.example</link>{string.Concat(items)}</channel></rss>"
        );

    static string Post(int id, int picture) =>
        $"<item><title>Post {id}</title><guid>https://e.example/{id}</guid><wp:post_id>{id}</wp:post_id>"
        + $"<wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        + $"<wp:post_date_gmt>2013-03-04 07:00:00</wp:post_date_gmt><wp:postmeta>"
        + $"<wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>{picture}</wp:meta_value></wp:postmeta>"
        + $"</item>";

    static string Attachment(int id) =>
        $"<item><wp:post_id>{id}</wp:post_id><wp:post_type>attachment</wp:post_type>"
        + $"<wp:attachment_url>https://e.example/{id}.jpg</wp:attachment_url></item>";
}
