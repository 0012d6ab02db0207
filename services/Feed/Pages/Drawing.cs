using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NewsPlatform.Feed.Pages;

/// <summary>Draws a quiet abstract picture: the category gives the hue and the motif, the id everything else.</summary>
public static class Drawing
{
    public const int Width = 1200;
    public const int Height = 675;

    public static string Of(string category, Guid id)
    {
        var chance = new Chance(id);
        var hue = Hue(category) + chance.Next(-14, 14);
        var night = chance.Next(0, 3) == 0;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}">"""
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="{Colour(hue, 30, night ? 22 : 80)}"/>"""
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<stop offset="1" stop-color="{Colour(hue + 24, 34, night ? 42 : 92)}"/></linearGradient></defs>"""
        );
        svg.Append(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{Height}" fill="url(#g)"/>""");
        var (sunX, sunY, sunRadius) = (chance.Next(180, 1020), chance.Next(120, 300), chance.Next(50, 130));
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<circle cx="{sunX}" cy="{sunY}" r="{sunRadius}" fill="{Colour(hue + 40, 60, night ? 78 : 97)}" fill-opacity=".8"/>"""
        );
        switch (Hue(category) % 3)
        {
            case 0:
                Ridges(svg, ref chance, hue);
                break;
            case 1:
                Columns(svg, ref chance, hue);
                break;
            default:
                Arcs(svg, ref chance, hue);
                break;
        }
        return svg.Append("</svg>").ToString();
    }

    static void Ridges(StringBuilder svg, ref Chance chance, int hue)
    {
        for (var layer = 0; layer < 4; layer++)
        {
            var y = 300 + layer * 95;
            var last = y + chance.Next(-70, 70);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path fill=\"{Colour(hue + layer * 6, 32, 62 - layer * 13)}\" fill-opacity=\".9\" d=\"M0 {last}"
            );
            for (var x = 240; x <= Width; x += 240)
            {
                var next = y + chance.Next(-85, 70);
                svg.Append(CultureInfo.InvariantCulture, $" C{x - 120} {last} {x - 120} {next} {x} {next}");
                last = next;
            }
            svg.Append(CultureInfo.InvariantCulture, $" V{Height} H0Z\"/>");
        }
    }

    static void Columns(StringBuilder svg, ref Chance chance, int hue)
    {
        for (var layer = 0; layer < 3; layer++)
        {
            var x = -chance.Next(0, 60);
            while (x < Width)
            {
                var width = chance.Next(50, 130);
                var height = chance.Next(60, 330) - layer * 60;
                var (y, colour) = (Height - 40 - Math.Max(height, 0), Colour(hue + layer * 8, 30, 64 - layer * 16));
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"""<rect x="{x}" y="{y}" width="{width}" height="{Height}" fill="{colour}" fill-opacity=".9"/>"""
                );
                x += width + chance.Next(8, 70);
            }
        }
    }

    static void Arcs(StringBuilder svg, ref Chance chance, int hue)
    {
        var (x, y) = (chance.Next(100, 1100), chance.Next(560, 820));
        for (var ring = 7; ring > 0; ring--)
        {
            var (centre, radius) = (x + chance.Next(-30, 30), ring * 92 + chance.Next(-26, 26));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""<circle cx="{centre}" cy="{y}" r="{radius}" fill="{Colour(hue + ring * 5, 32, 24 + ring * 7)}" fill-opacity=".55"/>"""
            );
        }
    }

    static int Hue(string category) =>
        category switch
        {
            "politics" => 211,
            "world" => 204,
            "economy" => 160,
            "society" => 24,
            "sport" => 138,
            "culture" => 332,
            "science" => 251,
            "technology" => 187,
            "analysis" => 268,
            _ => 216,
        };

    static string Colour(int hue, int saturation, int light) =>
        string.Create(CultureInfo.InvariantCulture, $"hsl({(hue + 360) % 360},{saturation}%,{light}%)");

    /// <summary>The same numbers for the same id on every machine and runtime (xorshift64*).</summary>
    struct Chance
    {
        ulong state;

        public Chance(Guid id)
        {
            Span<byte> bytes = stackalloc byte[16];
            id.TryWriteBytes(bytes, bigEndian: true, out _);
            state = BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) * 0x9E3779B97F4A7C15 | 1;
            for (var i = 0; i < 4; i++)
            {
                Next(0, 1);
            }
        }

        public int Next(int from, int to)
        {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            return from + (int)((state * 0x2545F4914F6CDD1D >> 33) % (ulong)(to - from));
        }
    }
}
