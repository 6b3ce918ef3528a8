namespace OrleansPool.Abstractions.Tests.Options;

public sealed class PoolNamesTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("a")]
    [InlineData("Frames-2_b.x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_pool_may_have_this_name(string name) => PoolNames.ValidatePool(name);

    [Theory]
    [InlineData("no spaces", "'no spaces' contains ' '")]
    [InlineData("a/b", "contains '/'")]
    [InlineData("två", "contains 'å'")]
    [InlineData("a\n", "contains '\n'")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", "at most 64 characters; this one has 65")]
    [InlineData("", "empty")]
    public void A_pool_may_not_have_this_name(string name, string said) =>
        AssertRefused(() => PoolNames.ValidatePool(name, "--pool"), "--pool", said);

    [Theory]
    [InlineData("readme")]
    [InlineData("photos/2024/ö 1.jpg")]
    [InlineData("../up")]
    public void A_region_may_have_this_name(string name) => PoolNames.ValidateRegion(name);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\0", "U+0000")]
    [InlineData("a\x7f", "U+007F")]
    public void A_region_may_not_have_this_name(string name, string said) => AssertRefused(() => PoolNames.ValidateRegion(name), "name", said);

    [Fact]
    public void A_regions_name_has_a_longest_length()
    {
        PoolNames.ValidateRegion(new string('r', PoolNames.RegionLengthMax));
        AssertRefused(() => PoolNames.ValidateRegion(new string('r', PoolNames.RegionLengthMax + 1)), "name", "at most 512 characters; this one has 513");
    }

    [Fact]
    public void Null_is_no_name()
    {
        Assert.Throws<ArgumentNullException>(() => PoolNames.ValidatePool(null));
        Assert.Throws<ArgumentNullException>(() => PoolNames.ValidateRegion(null));
    }

    private static void AssertRefused(Action validate, string parameter, string said)
    {
        var error = Assert.Throws<ArgumentException>(validate);
        Assert.Equal(parameter, error.ParamName);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
