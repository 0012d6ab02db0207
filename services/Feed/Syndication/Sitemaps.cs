using System.Xml;
using System.Xml.Linq;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Syndication;

/// <summary>
/// Where search engines find what there is (sitemaps.org 0.9): an index of files that each hold the stories of a month, and the last two
/// days for Google's news sitemap. A month that is over changes only with its stories, so that what is read again is the present one.
/// </summary>
public sealed class Sitemaps(NpgsqlDataSource database, IDocumentStore store, PortalOptions portal, TimeProvider clock)
{
    /// <summary>Addresses in a file, by the protocol.</summary>
    const int MaxAddresses = 50_000;

    /// <summary>Stories in a news sitemap, as Google takes them.</summary>
    const int MaxNews = 1_000;

    const string MediaType = "application/xml; charset=utf-8";
    static readonly System.Text.UTF8Encoding utf8 = new(false);
    static readonly TimeSpan news = TimeSpan.FromDays(2);
    static readonly XNamespace sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";
    static readonly XNamespace googleNews = "http://www.google.com/schemas/sitemap-news/0.9";
    static readonly XNamespace xhtml = "http://www.w3.org/1999/xhtml";

    public static void Map(IEndpointRouteBuilder app)
    {
        var maps = app.MapGroup("").WithTags("Feeds").TakesQuery();
        maps.MapMethods("/sitemap.xml", Conditional.GetAndHead, (Sitemaps its, ResponseCache cache, CancellationToken ct) =>
                its.IndexAsync(cache, ct)
            )
            .WithName("getSitemapIndex")
            .WithSummary("Get the index of the sitemaps")
            .Produces<string>(contentType: "application/xml");
        maps.MapMethods("/news-sitemap.xml", Conditional.GetAndHead, (Sitemaps its, ResponseCache cache, CancellationToken ct) =>
                its.NewsAsync(cache, ct)
            )
            .WithName("getNewsSitemap")
            .WithSummary("Get the news sitemap of the last two days")
            .Produces<string>(contentType: "application/xml");
        maps.MapMethods(
                "/sitemaps/{file}.xml",
                Conditional.GetAndHead,
                (string file, Sitemaps its, ResponseCache cache, CancellationToken ct) => its.FileAsync(file, cache, ct)
            )
            .WithName("getSitemap")
            .WithSummary("Get the sitemap of a month")
            .Produces<string>(contentType: "application/xml");
        maps.MapMethods("/robots.txt", Conditional.GetAndHead, (Sitemaps its) => its.Robots()).ExcludeFromDescription();
    }

    async Task<IResult> IndexAsync(ResponseCache cache, CancellationToken ct) =>
        (
            await cache.GetAsync(
                new("sitemap.xml", new()) { Address = new("/sitemap.xml", []) },
                null,
                async () =>
                {
                    var index = new XElement(sitemap + "sitemapindex");
                    foreach (var (month, stories, changedAt) in await MonthsAsync(ct))
                    {
                        for (var number = 1; (number - 1) * MaxAddresses < stories; number++)
                        {
                            index.Add(
                                new XElement(
                                    sitemap + "sitemap",
                                    new XElement(sitemap + "loc", portal.Absolute(new SitemapPart(month, number).Path)),
                                    new XElement(sitemap + "lastmod", Times.Utc(changedAt))
                                )
                            );
                        }
                    }
                    return Xml(index);
                },
                ct
            )
        )!;

    async Task<IResult> NewsAsync(ResponseCache cache, CancellationToken ct) =>
        (
            await cache.GetAsync(
                new("news-sitemap.xml", new()) { Address = new("/news-sitemap.xml", []) },
                null,
                async () =>
                {
                    var urls = new XElement(sitemap + "urlset", new XAttribute(XNamespace.Xmlns + "news", googleNews.NamespaceName));
                    await using var command = database.CreateCommand(
                        $"""
                        select d.data -> 'item' from mt_doc_story d where d.{LinePages.Usable} and d.published_at > $1
                        order by d.published_at desc, d.id desc limit {MaxNews}
                        """
                    );
                    command.Parameters.Add(new() { Value = clock.GetUtcNow() - news });
                    await using var rows = await command.ExecuteReaderAsync(ct);
                    while (await rows.ReadAsync(ct))
                    {
                        var item = await store.Options.Serializer().FromJsonAsync<LineItem>(rows, 0, ct);
                        urls.Add(
                            new XElement(
                                sitemap + "url",
                                new XElement(sitemap + "loc", portal.Absolute(item.Url)),
                                new XElement(
                                    googleNews + "news",
                                    new XElement(
                                        googleNews + "publication",
                                        new XElement(googleNews + "name", portal.Name),
                                        new XElement(googleNews + "language", item.Language)
                                    ),
                                    new XElement(googleNews + "publication_date", Times.Utc(item.PublishedAt)),
                                    new XElement(googleNews + "title", Entries.Xml(item.Headline))
                                )
                            )
                        );
                    }
                    return Xml(urls);
                },
                ct,
                term: new(clock.GetUtcNow().AddMinutes(5))
            )
        )!;

    /// <summary>
    /// Fifty thousand addresses are some twelve megabytes; of those that are asked for, as many are kept ready as there is room for.
    /// </summary>
    async Task<IResult> FileAsync(string file, ResponseCache cache, CancellationToken ct) =>
        SitemapPart.Parse(file) is { } part
        && await cache.GetAsync(
            new("sitemap", new(), null, part.Path) { Address = new(part.Path, []) },
            null,
            async () =>
            {
                if (await StoriesAsync(part.Month, ct) is var stories && (part.Number - 1) * MaxAddresses >= stories)
                {
                    return null;
                }
                using var bytes = new MemoryStream();
                await WriteAsync(part, bytes, ct);
                return new Content(bytes.ToArray(), MediaType);
            },
            ct
        )
            is { } response
            ? response
            : throw ProblemException.NotFound("sitemap");

    async Task WriteAsync(SitemapPart part, Stream stream, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select d.data -> 'item' ->> 'url', (d.data -> 'item' ->> 'updatedAt')::timestamptz, d.language,
                (select array_agg(o.language || ' ' || (o.data -> 'item' ->> 'url') order by o.language, o.id)
                from mt_doc_story o where o.story_id = d.story_id and o.id <> d.id and o.{LinePages.Usable})
            from mt_doc_story d where d.{LinePages.Usable} and d.published_at >= $1 and d.published_at < $2
            order by d.published_at, d.id offset $3 limit {MaxAddresses}
            """
        );
        command.Parameters.Add(new() { Value = Times.Start(part.Month) });
        command.Parameters.Add(new() { Value = Times.Start(part.Month.AddMonths(1)) });
        command.Parameters.Add(new() { Value = (part.Number - 1) * MaxAddresses });
        await using var rows = await command.ExecuteReaderAsync(ct);
        await using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Async = true, Encoding = utf8 });
        await xml.WriteStartElementAsync(null, "urlset", sitemap.NamespaceName);
        await xml.WriteAttributeStringAsync("xmlns", "xhtml", null, xhtml.NamespaceName);
        while (await rows.ReadAsync(ct))
        {
            var (url, language) = (rows.GetString(0), rows.GetString(2));
            await xml.WriteStartElementAsync(null, "url", sitemap.NamespaceName);
            await xml.WriteElementStringAsync(null, "loc", sitemap.NamespaceName, portal.Absolute(url));
            await xml.WriteElementStringAsync(null, "lastmod", sitemap.NamespaceName, Times.Utc(rows.GetFieldValue<DateTimeOffset>(1)));
            if (!await rows.IsDBNullAsync(3, ct))
            {
                foreach (
                    var (its, address) in rows.GetFieldValue<string[]>(3)
                        .Select(other => other.Split(' ', 2))
                        .Select(o => (o[0], o[1]))
                        .Prepend((language, url))
                        .DistinctBy(o => o.Item1)
                )
                {
                    await xml.WriteStartElementAsync("xhtml", "link", xhtml.NamespaceName);
                    await xml.WriteAttributeStringAsync(null, "rel", null, "alternate");
                    await xml.WriteAttributeStringAsync(null, "hreflang", null, its);
                    await xml.WriteAttributeStringAsync(null, "href", null, portal.Absolute(address));
                    await xml.WriteEndElementAsync();
                }
            }
            await xml.WriteEndElementAsync();
        }
        await xml.WriteEndElementAsync();
    }

    /// <summary>
    /// The months that have stories, newest first. One that has changed since it was counted is counted again, and no other.
    /// </summary>
    async Task<IReadOnlyList<(DateOnly Month, int Stories, DateTimeOffset ChangedAt)>> MonthsAsync(CancellationToken ct)
    {
        await using (var count = database.CreateCommand(StoryMonths.Count))
        {
            await count.ExecuteNonQueryAsync(ct);
        }
        await using var command = database.CreateCommand(
            $"select month, stories, changed_at from {StoryMonths.Table} where stories > 0 order by month desc"
        );
        return await command.ListAsync(row => (row.GetFieldValue<DateOnly>(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2)), ct);
    }

    async Task<int> StoriesAsync(DateOnly month, CancellationToken ct) =>
        (await MonthsAsync(ct)).Where(known => known.Month == month).Select(known => known.Stories).FirstOrDefault();

    Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult Robots() =>
        TypedResults.Text(
            string.Join(
                '\n',
                "User-agent: *",
                "Disallow: /api/",
                "Disallow: /docs",
                "",
                $"Sitemap: {portal.Absolute("/sitemap.xml")}",
                $"Sitemap: {portal.Absolute("/news-sitemap.xml")}",
                ""
            ),
            "text/plain; charset=utf-8"
        );

    static Content Xml(XElement root)
    {
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = utf8 }))
        {
            root.Save(writer);
        }
        return new(bytes.ToArray(), MediaType);
    }
}
