using System.Net;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

public sealed class ImportYieldsTests(Servers servers)
{
    const int Archived = 2_000;

    [Fact]
    public async Task What_is_published_behind_an_archive_that_is_being_imported_is_read_before_it()
    {
        await using var stack = await Stack.StartAsync(servers, null, "Feed");
        await stack["Feed"].KillAsync();
        var archive = Enumerable.Range(0, Archived).Select(i => Broker.Article($"Of an archive {i}")).ToArray();
        var news = Broker.Article("Of today");
        await stack.SendMessagesAsync([.. archive.Select(article => new ArticlePublished(article, Imported: true))]);
        await stack.SendAsync(news);
        stack["Feed"].Start();
        await stack["Feed"].ReadyAsync();
        await ReadableAsync(news);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(archive[^1]));
        await ReadableAsync(archive[^1]);

        async Task ReadableAsync(PublicArticle article) =>
            await Eventually.True(async () => await StatusAsync(article) == HttpStatusCode.OK, $"{article.Headline} is readable");

        async Task<HttpStatusCode> StatusAsync(PublicArticle article)
        {
            using var answer = await stack.Reader.GetAsync(new Uri($"api/news/{article.ArticleId}", UriKind.Relative));
            return answer.StatusCode;
        }
    }
}
