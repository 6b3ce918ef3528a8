using CsCheck;

namespace OrleansPool.Abstractions.Tests.Options;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("64kib", 65536)]
    [InlineData(" 64 KiB ", 65536)]
    [InlineData("1.5 GiB", 1610612736)]
    [InlineData("0.5KiB", 512)]
    [InlineData(".5KiB", 512)]
    [InlineData("2TiB", 2199023255552)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607TiB", 8388607L << 40)]
    public void An_amount_is_read(string text, long bytes)
    {
        Assert.Equal(bytes, ByteSize.Parse(text));
        Assert.True(ByteSize.TryParse(text, out long tried));
        Assert.Equal(bytes, tried);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("lots")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("-4KiB")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("4KB")]
    [InlineData("4 Ki B")]
    [InlineData("0.5")]
    [InlineData("0.0001KiB")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    [InlineData("99999999999999TiB")]
    [InlineData("79228162514264337593543950335TiB")]
    [InlineData("999999999999999999999999999999999999999999")]
    public void What_is_no_amount_is_told_with_the_way_to_write_one(string text)
    {
        var error = Assert.Throws<FormatException>(() => ByteSize.Parse(text));

        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("256MiB", error.Message, StringComparison.Ordinal);
        Assert.False(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(0, bytes);
    }

    [Fact]
    public void Null_is_no_amount()
    {
        Assert.False(ByteSize.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>(() => ByteSize.Parse(null!));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1, "1 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1 << 20, "1 MiB")]
    [InlineData(5L << 30, "5 GiB")]
    [InlineData(3L << 40, "3 TiB")]
    [InlineData(-2048, "-2 KiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    [InlineData(long.MinValue, "-8388608 TiB")]
    public void An_amount_is_written_in_its_largest_unit(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void What_is_written_is_read_again_to_three_digits() => Gen.Long[0, 1L << 50].Sample(bytes =>
    {
        // Two decimals of a unit need not be whole bytes; then the text is refused, not rounded.
        if (ByteSize.TryParse(ByteSize.Format(bytes), out long read)) Assert.InRange(read, bytes - (bytes / 100) - 1, bytes + (bytes / 100) + 1);
    });

    [Fact]
    public void Any_text_is_read_or_refused_and_never_crashes() => Gen.OneOf(
        Gen.String, Gen.Char["0123456789. KMGTiBb-+eE"].Array[0, 40].Select(letters => new string(letters))).Sample(text =>
        {
            if (ByteSize.TryParse(text, out long bytes)) Assert.InRange(bytes, 0, long.MaxValue);
        });
}
