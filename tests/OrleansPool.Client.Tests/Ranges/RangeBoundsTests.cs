using OrleansPool.Client.Ranges;

namespace OrleansPool.Client.Tests.Ranges;

public sealed class RangeBoundsTests
{
    [Theory]
    [InlineData(0, 10, 100, 10)]
    [InlineData(95, 10, 100, 5)]
    [InlineData(100, 10, 100, 0)]
    [InlineData(0, 0, 100, 0)]
    [InlineData(long.MaxValue - 1, 10, long.MaxValue, 1)]
    public void A_read_yields_what_is_there(long offset, int buffer, long length, int count) =>
        Assert.Equal(count, RangeBounds.ReadCount(offset, buffer, length));

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_read_outside_is_refused(long offset) => AssertRefused(() => RangeBounds.ReadCount(offset, 1, 100), offset, "100");

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(99, 1)]
    public void A_write_inside_is_let_through(long offset, int count) => RangeBounds.ThrowUnlessInside(offset, count, 100);

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(100, 1)]
    [InlineData(0, 101)]
    [InlineData(101, 0)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    [InlineData(long.MinValue, 1)]
    public void A_write_that_sticks_out_is_refused(long offset, int count) =>
        AssertRefused(() => RangeBounds.ThrowUnlessInside(offset, count, 100), offset, "100 bytes");

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(88)]
    public void An_aligned_integer_is_let_through(long offset) => RangeBounds.ThrowUnlessAligned(offset, 96);

    [Theory]
    [InlineData(1, "multiple of 8")]
    [InlineData(84, "multiple of 8")]
    [InlineData(96, "do not lie inside")]
    [InlineData(-8, "do not lie inside")]
    public void An_integer_that_is_not_aligned_or_not_inside_is_refused(long offset, string said) =>
        AssertRefused(() => RangeBounds.ThrowUnlessAligned(offset, 96), offset, said);

    private static void AssertRefused(Action check, long offset, string said)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(check);
        Assert.Equal(offset, error.ActualValue);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
