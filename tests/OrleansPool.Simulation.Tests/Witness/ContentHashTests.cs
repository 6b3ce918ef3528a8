using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

public sealed class ContentHashTests
{
    private const ulong Empty = 10_837_772_591_253_124_257;
    private const ulong Three = 6_443_442_506_933_881_102;

    [Fact]
    public void It_is_the_same_in_every_run() => Assert.Equal((Empty, Three), (ContentHash.Of([]), ContentHash.Of([1, 2, 3])));

    [Fact]
    public void Contents_that_differ_in_a_bit_or_a_zero_have_different_hashes()
    {
        HashSet<ulong> hashes = [];
        for (int length = 0; length < 40; length++)
        {
            byte[] bytes = new byte[length];
            Assert.True(hashes.Add(ContentHash.Of(bytes)));
            for (int bit = 0; bit < length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(hashes.Add(ContentHash.Of(bytes)));
                bytes[bit / 8] = 0;
            }
        }
    }
}
