using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Feed.Lines;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>Lines over an archive of a hundred thousand stories.</summary>
public sealed class ArchiveTests(ArchiveTests.Archive archive) : IClassFixture<ArchiveTests.Archive>
{
    const int Stories = 100_000;

    public sealed class Archive(Servers servers) : IAsyncLifetime
    {
        public Stack Stack { get; private set; } = null!;

        /// <summary>
        /// One story by its message, and its likes straight into the store: a minute apart, every hundredth with a keyword.
        /// </summary>
        public async ValueTask InitializeAsync()
        {
            Stack = await Stack.StartAsync(servers, null, "Feed");
            var first = Broker.Article("The first", keywords: ["all", "hundredth"], publishedAt: new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
            await Stack.SendAsync(first);
            await Stack.LineUntilAsync(items => items.Count == 1, "the first");
            var columns = (
                await Stack.QueryAsync(
                    "Feed",
                    """
                    select string_agg(quote_ident(column_name), ', ') from information_schema.columns
                    where table_name = 'mt_doc_story' and column_name not in ('id', 'data', 'published_at', 'slug', 'story_id')
                    """
                )
            )[0];
            await Stack.ExecuteAsync(
                "Feed",
                $$"""
                insert into mt_doc_story (id, data, published_at, slug, story_id, {{columns}})
                select made.id, data
                    || jsonb_build_object('id', made.id, 'storyId', made.id, 'slug', 'made-' || n, 'publishedAt', at, 'keywords', words)
                    || jsonb_build_object('item', data -> 'item' || jsonb_build_object('id', made.id, 'headline', 'Made ' || n,
                        'publishedAt', at, 'updatedAt', at, 'keywords', words, 'url', '/en/world/made-' || n)),
                    made.published_at, 'made-' || n, made.id, {{columns}}
                from mt_doc_story, generate_series(1, {{Stories - 1}}) n,
                    lateral (select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid id,
                        published_at + n * interval '1 minute' published_at,
                        to_char((published_at + n * interval '1 minute') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') at,
                        case when n % 100 = 0 then '["all", "hundredth"]' else '["all"]' end::jsonb words) made
                where mt_doc_story.id = '{{first.ArticleId}}';
                comment on table story_tag is null;
                comment on table story_month is null;
                """
            );
            await Stack["Feed"].KillAsync();
            Stack["Feed"].Start();
            await Stack["Feed"].ReadyAsync();
            await Stack.ExecuteAsync("Feed", "vacuum analyze mt_doc_story");
            await Stack.ExecuteAsync("Feed", "vacuum analyze story_tag");
        }

        public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    Stack Stack => archive.Stack;

    [Theory]
    [InlineData("")]
    [InlineData("keyword=all&language=en")]
    public async Task Every_story_of_the_archive_is_read_once_in_order_while_new_ones_come_in(string query)
    {
        var (read, after, sent) = (new List<Guid>(Stories), (string?)null, 0);
        do
        {
            var page = (
                await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news?limit=200&{query}{(after is null ? "" : $"&after={after}")}")
            )!;
            read.AddRange(page["items"]!.AsArray().Where(i => ((string)i!["headline"]!) is not "Newcomer").Select(i => Stack.Id(i!)));
            after = (string?)page["next"];
            if (++sent % 20 == 0)
            {
                await Stack.SendAsync(Broker.Article("Newcomer", keywords: ["all"]));
            }
        } while (after is not null);
        Assert.Equal(Stories, read.Count);
        Assert.Equal(
            Enumerable.Range(1, Stories - 1).Reverse().Select(n => $"00000000-0000-7000-8000-{n:x12}"),
            read.SkipLast(1).Select(id => id.ToString())
        );
    }

    public static TheoryData<string?, string?, string?> Lines =>
        new()
        {
            { null, null, null },
            { "en", null, null },
            { "en", "world", null },
            { null, null, "all" },
            { "en", null, "hundredth" },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_page_near_the_archives_end_reads_no_more_rows_than_the_second_one(
        string? language,
        string? category,
        string? keyword
    )
    {
        var line = new Line(language, category, keyword);
        Assert.InRange(await RowsAsync(line, After(500)), 1, await RowsAsync(line, After(Stories - 500)) + 10);

        static PageRequest After(int story) =>
            new(
                41,
                new(
                    new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(story),
                    Guid.Parse($"00000000-0000-7000-8000-{story:x12}")
                )
            );
    }

    /// <summary>Rows that PostgreSQL touches for a section, those that it passes over too.</summary>
    async Task<double> RowsAsync(Line line, PageRequest page)
    {
        await using var connection = new NpgsqlConnection(Stack.ConnectionString("Feed"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        LinePages.Select(command, line, page, "d.data -> 'item'");
#pragma warning disable CA2100 // The service's own words.
        command.CommandText = $"explain (analyze, format json) {command.CommandText}";
#pragma warning restore CA2100
        return Touched(JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)![0]!["Plan"]!);

        static double Touched(JsonNode node) =>
            ((double)node["Actual Rows"]! + ((double?)node["Rows Removed by Filter"] ?? 0)) * (double)node["Actual Loops"]!
            + (node["Plans"]?.AsArray().Sum(inner => Touched(inner!)) ?? 0);
    }

    [Fact]
    public async Task The_sitemaps_of_the_archive_have_its_months_and_all_of_it()
    {
        var index = System.Xml.Linq.XDocument.Parse(await Stack.Reader.GetStringAsync(new Uri("sitemap.xml", UriKind.Relative)));
        var files = index.Root!.Elements().Select(e => new Uri((string)e.Elements().First()!)).ToList();
        Assert.Contains(files, f => f.AbsolutePath == "/sitemaps/2020-01.xml");
        var urls = new List<string>();
        foreach (var file in files)
        {
            urls.AddRange(
                System
                    .Xml.Linq.XDocument.Parse(await Stack.Reader.GetStringAsync(file))
                    .Root!.Elements()
                    .Select(u => (string)u.Elements().First()!)
            );
        }
        Assert.Equal(urls.Distinct().Count(), urls.Count);
        Assert.True(urls.Count(url => url.Contains("/made-", StringComparison.Ordinal)) == Stories - 1);
    }
}
