using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using static NewsPlatform.Feed.Related.RelatedTables;

namespace NewsPlatform.Feed.Related;

/// <summary>
/// Finds related stories when stories change, so that reading them is a lookup. A change notes the places that its story leaves and takes
/// in lines. Whatever stands within reach of such a place is touched: those are the stories that it can make a difference to, and no others
/// are. What was touched is found anew.
/// </summary>
/// <remarks>
/// So when nothing is due, what is stored depends on the stories that there are and not on the order in which they came. It does not hold
/// while something is due, and not across releases that weigh differently; <see cref="TouchAllAsync"/> is for the latter.
/// </remarks>
public sealed class RelatedStories(NpgsqlDataSource database, ILogger<RelatedStories> log)
{
    const int ChangesAtOnce = 500;
    const int StoriesAtOnce = 200;

    /// <summary>Stories of which what is known is kept for the next time, since neighbours are looked at again and again.</summary>
    const int MaxKept = 10_000;

    /// <summary>What was read of a story at a version of it. Only who works on what is due has it.</summary>
    readonly Dictionary<Guid, (long Version, Kin Kin)> kept = [];

    /// <summary>Who stands within reach of the places of "place", on both sides.</summary>
    static readonly string near = $"""
        select place.id as place, place.line, beside.id, beside.at from place cross join lateral (
            (select id, at from {StoryTags.Table} where tag = place.line and (at, id) < (place.at, place.id)
                order by at desc, id desc limit {Relatedness.Reach})
            union all (select id, at from {StoryTags.Table} where tag = place.line and (at, id) > (place.at, place.id)
                order by at, id limit {Relatedness.Reach})) beside
        where place.line <> ''
        union all
        select place.id, place.line, beside.id, beside.published_at from place cross join lateral (
            (select id, published_at from mt_doc_story
                where language = place.language and category = place.category and {LinePages.Usable}
                    and (published_at, id) < (place.at, place.id)
                order by published_at desc, id desc limit {Relatedness.Reach})
            union all (select id, published_at from mt_doc_story
                where language = place.language and category = place.category and {LinePages.Usable}
                    and (published_at, id) > (place.at, place.id)
                order by published_at, id limit {Relatedness.Reach})) beside
        where place.line = ''
        """;

    static readonly string spread = $"""
        with due as materialized (
            delete from {Due} where number in (select number from {Due} order by number limit {ChangesAtOnce} for update skip locked)
            returning id, line, at, language, category),
        place as materialized (
            select distinct id, line, at, language, category from due where line is not null
            union {PlacesOf("in (select id from due where line is null)")}),
        touched as (
            insert into {Touched} (id, at) select id, max(at) from (select id, at from ({near}) near union all select id, at from place) one
            group by id order by id on conflict (id) do nothing)
        select count(*) from due
        """;

    /// <summary>A row for each place, since they would be tens of thousands.</summary>
    static readonly string findNear = $"""
        with place as materialized ({PlacesOf("= any($1)")})
        select place, line, array_agg(id), array_agg(at) from ({near}) near group by place, line
        """;

    /// <summary>The newest first, which are read most.</summary>
    static readonly string next = $"""
        delete from {Touched} where id in (select id from {Touched} order by at desc limit {StoriesAtOnce} for update skip locked)
        returning id
        """;

    const string ReadVersions = $"select id, mt_version::bigint from mt_doc_story where id = any($1) and {LinePages.Usable}";

    const string ReadKin = $$"""
        select id, story_id, language, category, published_at, data -> 'item' ->> 'headline',
            array(select jsonb_array_elements_text(
                jsonb_path_query_array(data, '$.featured[*]') || jsonb_path_query_array(data, '$.related[*]'))::uuid), mt_version::bigint
        from mt_doc_story where id = any($1) and {{LinePages.Usable}}
        """;

    const string Write = $"""
        with gone as (delete from {Table} where id = any($1) and id <> all($2))
        insert into {Table} (id, others) select id, others::uuid[] from unnest($2, $3) found(id, others) order by id
        on conflict (id) do update set others = excluded.others where {Table}.others <> excluded.others
        """;

    /// <summary>What was due is done with that.</summary>
    const string TouchAll = $"""
        with done as (delete from {Due})
        insert into {Touched} (id, at) select id, published_at from mt_doc_story where {LinePages.Usable}
        union all select id, '-infinity' from {Table}
        where not exists (select from mt_doc_story d where d.id = {Table}.id and d.{LinePages.Usable})
        on conflict (id) do nothing
        """;

    const string ReadRelated = $"""
        select d.data -> 'item' from {Table} r, unnest(r.others) with ordinality other(id, place) join mt_doc_story d on d.id = other.id
        where r.id = ? and d.{LinePages.Usable} order by other.place
        """;

    /// <summary>The best first, of what readers may have now.</summary>
    public static async Task<IReadOnlyList<LineItem>> ReadAsync(IQuerySession session, Guid story, CancellationToken ct) =>
        await session.AdvancedSql.QueryAsync<LineItem>(ReadRelated, ct, story);

    /// <summary>Works on some of what is due; false when nothing was. Replicas share it.</summary>
    public async Task<bool> WorkAsync(CancellationToken ct)
    {
        var places = await SpreadAsync(ct);
        return await FindAsync(ct) > 0 || places > 0;
    }

    /// <summary>Stories and places that wait.</summary>
    public async Task<long> DueAsync(CancellationToken ct)
    {
        await using var count = database.CreateCommand($"select (select count(*) from {Due}) + (select count(*) from {Touched})");
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Has the related stories found of those that an earlier release stored.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        await using var lacking = database.CreateCommand(
            $"""
            select exists (select from mt_doc_story where {LinePages.Usable})
                and not exists (select from {Table}) and not exists (select from {Touched})
            """
        );
        if (await lacking.ExecuteScalarAsync(ct) is true)
        {
            log.LogInformation(
                "The related stories of {All} stories are being found, behind the back of everything else",
                await TouchAllAsync(ct)
            );
        }
    }

    /// <summary>Has those of all stories found anew, behind the back of everything else.</summary>
    public async Task<int> TouchAllAsync(CancellationToken ct)
    {
        await using var touch = database.CreateCommand(TouchAll);
        touch.CommandTimeout = 0;
        return await touch.ExecuteNonQueryAsync(ct);
    }

    async Task<long> SpreadAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(spread);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <remarks>In the order of its statements: what changes after one of them was read touches the stories again.</remarks>
    async Task<int> FindAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var stories = await ReadAsync(next, row => row.GetGuid(0));
        if (stories.Count == 0)
        {
            return 0;
        }
        Guid[] ids = [.. stories];
        var near = (
            await ReadAsync(
                findNear,
                row =>
                    (
                        Story: row.GetGuid(0),
                        Line: row.GetString(1),
                        Ids: row.GetFieldValue<Guid[]>(2),
                        At: row.GetFieldValue<DateTimeOffset[]>(3)
                    ),
                ids
            )
        )
            .SelectMany(place => place.Ids.Zip(place.At, (id, at) => (place.Story, Near: new RelatedCandidate(place.Line, id, at))))
            .ToLookup(found => found.Story, found => found.Near);
        var known = await KnownAsync([.. near.SelectMany(of => of).Select(n => n.Id).Union(ids)]);
        var found = stories
            .Where(known.ContainsKey)
            .Select(id => (Id: id, Others: Relatedness.Of(known[id], [.. near[id]], known)))
            .ToArray();
        await using var write = connection.Command(
            Write,
            ids,
            found.Select(f => f.Id).ToArray(),
            found.Select(f => $"{{{string.Join(',', f.Others)}}}").ToArray()
        );
        if (await write.ExecuteNonQueryAsync(ct) > 0)
        {
            await using var follow = connection.Command(
                ChangeTracker.FollowSome,
                (object)found.Select(f => known[f.Id].Language).Distinct().ToArray()
            );
            await follow.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return stories.Count;

        async Task<Dictionary<Guid, Kin>> KnownAsync(Guid[] some)
        {
            var versions = await ReadAsync(ReadVersions, row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), some);
            if (kept.Count > MaxKept)
            {
                kept.Clear();
            }
            Guid[] unknown = [.. versions.Where(its => kept.GetValueOrDefault(its.Id).Version != its.Version).Select(its => its.Id)];
            if (unknown.Length > 0)
            {
                foreach (var (kin, version) in await ReadAsync(ReadKin, row => (Kin(row), row.GetInt64(7)), unknown))
                {
                    kept[kin.Id] = (version, kin);
                }
            }
            return versions.Where(its => kept.ContainsKey(its.Id)).ToDictionary(its => its.Id, its => kept[its.Id].Kin);
        }

        async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
        {
            await using var command = connection.Command(sql, values);
            return await command.ListAsync(read, ct);
        }
    }

    static Kin Kin(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4), row.GetString(5))
        {
            Chosen = row.GetFieldValue<Guid[]>(6),
        };
}
