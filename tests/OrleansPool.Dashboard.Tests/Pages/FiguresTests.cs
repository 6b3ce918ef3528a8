using OrleansPool.Dashboard.Pages;

namespace OrleansPool.Dashboard.Tests.Pages;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(39.0625 * 1024 * 1024, "39.1 MiB")]
    [InlineData(512L << 30, "512 GiB")]
    public void Bytes_have_three_digits_and_a_unit(double bytes, string said) => Assert.Equal(said, Figures.Bytes(bytes));

    [Theory]
    [InlineData(0, "0 /s")]
    [InlineData(3.25, "3.25 /s")]
    [InlineData(108, "108 /s")]
    [InlineData(12_345, "12.3 k /s")]
    [InlineData(7_000_000, "7 M /s")]
    public void Rates_are_by_the_second(double count, string said) => Assert.Equal(said, Figures.PerSecond(count));

    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(312, "5 min 12 s")]
    [InlineData(7_320, "2 h 2 min")]
    [InlineData(200_000, "2 d 7 h")]
    public void Spans_are_in_their_two_largest_units(double seconds, string said) => Assert.Equal(said, Figures.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.0001, "< 0.1 %")]
    [InlineData(0.625, "62.5 %")]
    public void Shares_are_in_percent(double ratio, string said) => Assert.Equal(said, Figures.Percent(ratio));
}
