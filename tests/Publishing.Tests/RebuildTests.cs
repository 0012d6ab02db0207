using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What asking for a rebuild leaves behind when it comes to nothing.</summary>
public sealed class RebuildTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    async Task<int> LocksAsync() =>
        int.Parse(
            (
                await Stack.QueryAsync(
                    "Publishing",
                    "select count(*) from pg_locks where locktype = 'advisory' and classid = x'6e657773'::int and objid = x'72656264'::int"
                )
            )[0]!,
            null
        );

    [Fact]
    public async Task A_rebuild_that_somebody_broke_off_stands_in_nobody_s_way()
    {
        using var request = Stack.Write(HttpMethod.Post, "api/rebuilds/feed", null);
        // There is no Feed, so it waits until whoever asked goes away.
        using (var answer = await Stack.Editor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal(1, await LocksAsync());
        }
        await Eventually.True(async () => await LocksAsync() == 0, "nobody rebuilds any more");
    }
}
