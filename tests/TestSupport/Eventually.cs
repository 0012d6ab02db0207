using System.Diagnostics;

namespace NewsPlatform.TestSupport;

/// <summary>Waits for a condition instead of for a time. The patience only bounds a test that has failed.</summary>
public static class Eventually
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(120);

    public static async Task<T> Get<T>(Func<Task<T>> look, Func<T, bool> enough, string what)
    {
        var waited = Stopwatch.StartNew();
        Exception? fault = null;
        T? last = default;
        while (waited.Elapsed < patience)
        {
            try
            {
                last = await look().WaitAsync(patience);
                fault = null;
                if (enough(last))
                {
                    return last;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or TimeoutException)
            {
                fault = e;
            }
            await Task.Delay(25);
        }
        throw new TimeoutException($"Not seen within {patience.TotalSeconds:F0} s: {what}. Last seen: {Shown(last)}. {fault?.Message}");
    }

    static string? Shown<T>(T? seen) => seen is System.Collections.ICollection many ? $"{many.Count} of them" : seen?.ToString();

    public static Task True(Func<Task<bool>> look, string what) => Get(look, seen => seen, what);
}
