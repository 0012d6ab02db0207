using System.Globalization;
using System.Text.Json;

namespace NewsPlatform.Benchmarks;

static class Figures
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    public static double Percentile(IEnumerable<double> values, double share) =>
        values.Order().ToArray() is var all ? all[(int)(share * (all.Length - 1))] : 0;

    /// <summary>In three digits, or all that stand before the point.</summary>
    public static string Shown(double value) =>
        value.ToString(
            Math.Abs(value) >= 100 ? "#,0"
                : Math.Abs(value) >= 10 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
}
