using System.Globalization;

namespace NewsPlatform.Benchmarks;

/// <summary>
/// What of the machine went to programs that are neither the stack nor the measurement, from which a figure is known to be disturbed. What
/// a virtual machine's host takes (steal) counts for such.
/// </summary>
sealed class OtherLoad
{
    readonly Installation stack;
    readonly (double Busy, double All, double Own) began;

    public OtherLoad(Installation stack)
    {
        this.stack = stack;
        began = Read();
    }

    public double Share
    {
        get
        {
            var now = Read();
            return Math.Max(0, now.Busy - began.Busy - (now.Own - began.Own)) / (now.All - began.All);
        }
    }

    (double Busy, double All, double Own) Read()
    {
        var fields = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture) / 100)
            .ToArray();
        var idle = fields[3] + fields[4];
        return (
            fields.Sum() - idle,
            fields.Sum(),
            stack.ProcessorTime().Values.Sum() + Installation.ProcessorSeconds(Environment.ProcessId, ended: true)
        );
    }
}
