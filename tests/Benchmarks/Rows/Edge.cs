using System.Diagnostics;
using System.Net.Http.Json;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// What the gateway keeps, around a change: how long after its bulletin a story is missing at its address, and how long after the bulletin
/// of its kill it is still there, while others read it as fast as they can.
/// </summary>
static class Edge
{
    const int Stories = 50,
        Readers = 4;

    public static async Task RunAsync(Bench bench)
    {
        var keyword = $"edge-{Guid.NewGuid():N}";
        using var arrivals = await Arrivals.OfAsync(bench, keyword);
        var (shown, gone) = (new List<double>(), new List<double>());
        for (var i = 0; i < Stories * bench.Repetitions; i++)
        {
            var id = await bench.Editor.DraftAsync($"Edge {i}", keyword);
            using var ends = new CancellationTokenSource();
            var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync(id, ends.Token)).ToList();
            await bench.Editor.PublishAsync(id);
            var told = await arrivals.OfAsync(id, "published");
            await Task.Delay(100);
            await KillAsync(id);
            var killed = await arrivals.OfAsync(id, "withdrawn");
            await Task.Delay(100);
            await ends.CancelAsync();
            var reads = (await Task.WhenAll(readers)).SelectMany(its => its).ToList();
            shown.Add(After(told, reads.Where(read => !read.Shown && read.Ended < killed).Select(read => read.Began)));
            gone.Add(After(killed, reads.Where(read => read.Shown).Select(read => read.Ended)));
        }
        Add("a story is missing after its bulletin, at the longest", shown);
        Add("a killed story is there after its bulletin, at the longest", gone);

        void Add(string what, List<double> delays) =>
            bench.Report.Add(new("P14", what, $"{delays.Max():0.0} ms", $"of {delays.Count} stories", null, "", "≤ 50 ms"));

        async Task<List<(long Began, long Ended, bool Shown)>> ReadAsync(Guid id, CancellationToken end)
        {
            var reads = new List<(long, long, bool)>();
            while (!end.IsCancellationRequested)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await bench.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative), CancellationToken.None);
                reads.Add((began, Stopwatch.GetTimestamp(), answer.IsSuccessStatusCode));
            }
            return reads;
        }

        async Task KillAsync(Guid id)
        {
            using var kill = new HttpRequestMessage(HttpMethod.Post, $"api/articles/{id}/kill")
            {
                Content = JsonContent.Create(new { reason = "It was wrong." }),
            };
            kill.Headers.TryAddWithoutValidation("If-Match", "*");
            using var killed = await bench.Editor.Client.SendAsync(kill);
            killed.EnsureSuccessStatusCode();
        }
    }

    static double After(long moment, IEnumerable<long> times) =>
        times.Select(time => Stopwatch.GetElapsedTime(moment, time).TotalMilliseconds).Append(0).Max();
}
