using OrleansPool.Benchmarks.Fuzz;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Tests.Wire;

public sealed class FrameTypesTests
{
    private static readonly FrameHeader Unknown = new(FrameHeader.Size, (FrameType)200, FrameOptions.None, 0, 1, 0);

    [Fact]
    public void A_frame_of_a_later_version_is_left_out_only_if_its_sender_says_so()
    {
        Assert.True(FrameTypes.CanBeLeftOut(Unknown with { Options = FrameOptions.Skippable }));
        Assert.True(FrameTypes.CanBeLeftOut(Unknown with { Options = FrameOptions.Skippable | (FrameOptions)0x80 }));
        Assert.False(FrameTypes.CanBeLeftOut(Unknown));
    }

    [Fact]
    public void A_frame_that_is_known_is_never_left_out() =>
        Assert.All(
            FrameSamples.Types, type => Assert.False(FrameTypes.CanBeLeftOut(Unknown with { Type = type, Options = FrameOptions.Skippable })));

    [Fact]
    public void No_frame_is_no_known_type() => Assert.False(FrameTypes.IsKnown(FrameType.None));

    [Fact]
    public void A_frame_of_a_later_version_has_a_length_by_which_it_is_passed_over()
    {
        byte[] frame = new byte[100];
        (Unknown with { Length = 100, FieldsLength = 7 }).Write(frame);
        Assert.Equal(FrameStatus.Ok, FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header));
        Assert.Equal(100, header.Length);
        Assert.False(FrameTypes.IsKnown(header.Type));
        Assert.Null(FrameReading.Read(header, frame));
    }
}
