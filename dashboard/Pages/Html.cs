using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace OrleansPool.Dashboard.Pages;

/// <summary>
/// Markup as interpolated strings: what stands in the literal is markup, what is put into a hole is text and is encoded, except
/// <see cref="Html"/> itself.
/// </summary>
[InterpolatedStringHandler]
internal readonly struct Html(int literalLength, int formattedCount)
{
    private const int HoleLength = 16;

    private readonly StringBuilder _text = new(literalLength + (formattedCount * HoleLength));

    /// <summary>Puts a part for each item one after the other.</summary>
    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> part)
    {
        var all = new Html(0, 0);
        foreach (T item in items) all.AppendFormatted(part(item));
        return all;
    }

    /// <summary>Markup written with holes. The conversion is the interpolation itself.</summary>
    public static Html Of(Html markup) => markup;

    public void AppendLiteral(string markup) => _text.Append(markup);

    public void AppendFormatted(Html markup) => _text.Append(markup._text);

    public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(int number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>A number with a point, for sizes in styles and drawings.</summary>
    public void AppendFormatted(double number) => _text.Append(CultureInfo.InvariantCulture, $"{number:0.##}");

    public override string ToString() => _text.ToString();
}
