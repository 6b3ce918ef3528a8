using System.Globalization;

namespace OrleansPool.Dashboard.Pages;

/// <summary>Figures as people read them: three digits that matter, and a unit.</summary>
internal static class Figures
{
    private const double BytesStep = 1024;
    private const double CountStep = 1000;
    private static readonly string[] BytesUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    private static readonly string[] CountUnits = ["", "k", "M", "G", "T"];

    /// <summary>No figure.</summary>
    public const string None = "–";

    public static string Bytes(double bytes) => Scaled(bytes, BytesStep, BytesUnits);

    public static string BytesPerSecond(double bytes) => bytes < 0.5 ? "0 B/s" : Scaled(bytes, BytesStep, BytesUnits) + "/s";

    public static string PerSecond(double count) => count < 0.05 ? "0 /s" : Scaled(count, CountStep, CountUnits).TrimEnd() + " /s";

    /// <summary>Whole, with thin spaces between thousands.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    public static string Percent(double ratio) => ratio is > 0 and < 0.001
        ? "< 0.1 %"
        : string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0.#} %");

    /// <summary>A span in its two largest units.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalSeconds):0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        < 86400 => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.Days} d {span.Hours} h"),
    };

    private static string Scaled(double value, double step, string[] units)
    {
        int unit = 0;
        while (Math.Abs(value) >= step && unit < units.Length - 1)
        {
            value /= step;
            unit++;
        }

        string format = unit == 0 && value == Math.Floor(value) ? "0" : value < 10 ? "0.##" : value < 100 ? "0.#" : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}");
    }
}
