using System.Buffers.Binary;
using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>The reference implementation's vectors: key 00 01 .. 0f, message 00 01 .. (n - 1), 128-bit result.</summary>
public sealed class SipHashTests
{
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    [InlineData(7, "A1F1EBBED8DBC153C0B84AA61FF08239")]
    [InlineData(8, "3B62A9BA6258F5610F83E264F31497B4")]
    [InlineData(9, "264499060AD9BAABC47F8B02BB6D71ED")]
    [InlineData(15, "5493E99933B0A8117E08EC0F97CFC3D9")]
    public void It_gives_the_reference_results(int length, string expected)
    {
        var hash = new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
        byte[] result = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(result, hash.Hash([.. Enumerable.Range(0, length).Select(i => (byte)i)]));
        Assert.Equal(expected, Convert.ToHexString(result));
    }

    [Fact]
    public void Ids_of_other_generations_rights_and_secrets_differ()
    {
        var secret = new LeaseSecret(new UInt128(3, 4));
        LeaseId[] ids =
        [
            secret.Derive(1, LeaseRights.Owner), secret.Derive(1, LeaseRights.Read), secret.Derive(2, LeaseRights.Owner),
            new LeaseSecret(new UInt128(3, 5)).Derive(1, LeaseRights.Owner),
        ];
        Assert.Equal(4, ids.Distinct().Count());
        Assert.True(secret.Verify(new LeaseKey(0, 1, ids[0], LeaseRights.Owner)));
        Assert.False(secret.Verify(new LeaseKey(0, 1, ids[1], LeaseRights.Owner)));
        Assert.False(secret.Verify(new LeaseKey(0, 1, ids[3], LeaseRights.Owner)));
    }
}
