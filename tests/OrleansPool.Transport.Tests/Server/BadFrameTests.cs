using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Server;

/// <summary>What may come after the handshake: what shows that the ends have lost step ends the connection, the rest fails one request.</summary>
public sealed class BadFrameTests
{
    private static readonly Dictionary<string, (byte[] Bytes, RefusalReason Reason)> Enders = new()
    {
        ["HTTP"] = ("GET / HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray(), RefusalReason.FrameTooLong),
        ["ones"] = ([.. Enumerable.Repeat((byte)0xFF, 64)], RefusalReason.Malformed),
        ["zeroes"] = (new byte[64], RefusalReason.Malformed),
        ["a negative length"] = (WithLength(-5), RefusalReason.Malformed),
        ["a length shorter than a header"] = (WithLength(23), RefusalReason.Malformed),
        ["a length of two gigabytes"] = (WithLength(int.MaxValue), RefusalReason.FrameTooLong),
        ["a length that is one too long"] = (WithLength(FrameHeader.FrameBytesMax + 1), RefusalReason.FrameTooLong),
        ["fields beyond the frame"] = (WithFields(ushort.MaxValue), RefusalReason.Malformed),
        ["a second greeting"] = (RawPeer.Greeting.ToFrame(), RefusalReason.Malformed),
        ["a welcome"] = (new Welcome(1, new NodeIncarnation(7), WireFeatures.None, 4096, 16).ToFrame(), RefusalReason.Malformed),
    };

    private static readonly Dictionary<string, byte[]> Failers = new()
    {
        ["a negative count"] = Ask.Frame(9, Ask.Read(0, 0, -1)),
        ["a count that no frame has room for"] = Ask.Frame(9, Ask.Read(0, 0, FrameHeader.FrameBytesMax)),
        ["the largest count"] = Ask.Frame(9, Ask.Read(0, 0, int.MaxValue)),
        ["a read without fields"] = Ask.Frame(FrameType.Read, 9, default, default),
        ["a write without fields"] = Ask.Frame(FrameType.Write, 9, default, new byte[50]),
        ["fewer bytes than the write has"] = Ask.Frame(9, Ask.Write(0, 0, 100), new byte[99]),
        ["more bytes than the write has"] = Ask.Frame(9, Ask.Write(0, 0, 100), new byte[101]),
        ["a write of a negative count"] = Ask.Frame(9, Ask.Write(0, 0, -1), []),
        ["an addition with bytes"] = Ask.Frame(9, Ask.Add(0, 0, 1), new byte[8]),
        ["a kind of change that there is not"] = Ask.Frame(9, Ask.Write(0, 0, 0) with { Kind = (BlockWriteKind)77 }, []),
        ["an addition that calls itself a write"] = WithType(Ask.Frame(9, Ask.Add(0, 0, 1), []), FrameType.Write),
        ["a batch of reads without a number"] = Ask.Frame(FrameType.ReadBatch, 9, default, new byte[50]),
        ["a batch of reads with a negative number"] = Ask.Frame(FrameType.ReadBatch, 9, BitConverter.GetBytes(-1), new byte[50]),
        ["a batch of more reads than there may be"] = Ask.Frame(9, [.. Enumerable.Repeat(Ask.Read(0, 0, 1), BatchFrame.CountMax + 1)]),
        ["a batch of reads that says more than it has"] = Ask.Frame(FrameType.ReadBatch, 9, BitConverter.GetBytes(1000), new byte[50]),
        ["a batch of reads that no frame has room for"] = Ask.Frame(9, [.. Enumerable.Repeat(Ask.Read(0, 0, 1 << 20), 2)]),
        ["a batch of reads whose sum overflows"] = Ask.Frame(9, [.. Enumerable.Repeat(Ask.Read(0, 0, 1 << 19), 1000)]),
        ["a batch of reads with a negative count"] = Ask.Frame(9, [Ask.Read(0, 0, 10), Ask.Read(0, 0, -10)]),
        ["a batch of writes with fewer bytes"] = Ask.Frame(9, [Ask.Write(0, 0, 4), Ask.Write(1, 0, 4)], new byte[7]),
        ["a batch of writes with more bytes"] = Ask.Frame(9, [Ask.Write(0, 0, 4), Ask.Write(1, 0, 4)], new byte[9]),
        ["a batch of writes with a negative count"] = Ask.Frame(9, [Ask.Write(0, 0, 8), Ask.Write(1, 0, -4)], new byte[4]),
        ["a batch with a kind of change that there is not"] = Ask.Frame(9, [Ask.Add(0, 0, 4) with { Kind = (BlockWriteKind)200 }], []),
    };

    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    public static TheoryData<NetworkKind, string> EnderNames =>
        [.. from kind in Enum.GetValues<NetworkKind>() from name in Enders.Keys select new TheoryDataRow<NetworkKind, string>(kind, name)];

    public static TheoryData<string> FailerNames => [.. Failers.Keys];

    [Theory, MemberData(nameof(EnderNames))]
    public async Task What_is_out_of_step_ends_its_connection_with_a_reason_and_no_other(NetworkKind kind, string name)
    {
        (byte[] bytes, RefusalReason reason) = Enders[name];
        await using var plane = new Plane(kind);
        DataConnection other = await plane.ConnectAsync();
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        await peer.SendAsync([.. Ask.Frame(1, Ask.Tagged(4, 8)), .. bytes]);
        Assert.Equal(FrameType.ReadReply, (await peer.NextAsync())!.Value.Header.Type);
        Refusal refusal = await peer.NextRefusalAsync();
        Assert.Equal(reason, refusal.Reason);
        await peer.HearEndAsync();
        await Eventually.IsTrue(() => plane.Listener.Counters.EndedCount(reason) == 1, "the end is counted");
        await plane.IsLoggedAsync(refusal.Message);
        await Plane.ServesAsync(other);
    }

    [Theory, MemberData(nameof(FailerNames))]
    public async Task A_request_that_makes_no_sense_fails_alone_and_never_reaches_the_service(string name)
    {
        await using var plane = new Plane(NetworkKind.Twin);
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        await peer.SendAsync([.. Failers[name], .. Ask.Frame(10, Ask.Tagged(4, 8))]);
        (FrameHeader header, byte[] body) = (await peer.NextAsync())!.Value;
        Assert.Equal((FrameType.Error, 9ul, RefusalReason.Malformed), (header.Type, header.Correlation, Refusal.Read(body).Reason));
        Assert.Equal(10u, (await peer.NextAsync())!.Value.Header.Correlation);
        Assert.Single(plane.Node.Asked);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_request_that_is_repeated_is_answered_as_often_and_one_inside_another_is_only_bytes(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync();
        byte[] inner = Ask.Frame(3, Ask.Read(0, 0, 8));
        byte[] read = Ask.Frame(4, Ask.Tagged(1, 8));
        await peer.SendAsync([.. Ask.Frame(2, Ask.Write(0, 0, inner.Length), inner), .. read, .. read, .. read]);
        ulong[] answered = [await NextAsync(), await NextAsync(), await NextAsync(), await NextAsync()];
        Assert.Equal([2, 4, 4, 4], answered);
        Assert.Equal(["Write", "BlockRead", "BlockRead", "BlockRead"], plane.Node.Asked.Select(asked => asked.Request));
        Assert.Equal(inner, plane.Node.Copy(0, 0, inner.Length));

        async Task<ulong> NextAsync() => (await peer.NextAsync())!.Value.Header.Correlation;
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Who_goes_away_in_mid_frame_ends_nothing_but_itself(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection other = await plane.ConnectAsync();
        using (RawPeer peer = await plane.DialRawAsync())
        {
            await peer.GreetAsync();
            await peer.SendAsync(Ask.Frame(2, Ask.Write(0, 0, 2000), new byte[2000])[..1000]);
        }

        await Eventually.IsTrue(() => plane.Listener.Counters.EndedCount(RefusalReason.Unknown) == 1, "the end is counted");
        await Eventually.IsTrue(() => plane.Log.Lines.Any(line => line.Message.Contains("in the middle of a frame", StringComparison.Ordinal)), "the log tells of it");
        await Plane.ServesAsync(other);
        Assert.Equal(0, plane.Node.Copy(0, 0, 1)[0]);
    }

    [Fact]
    public async Task Random_bytes_after_a_greeting_never_harm_others()
    {
        await using var plane = new Plane(NetworkKind.Twin);
        DataConnection other = await plane.ConnectAsync();
        var random = new Random(20261129);
        byte[] sound = [.. Ask.Frame(2, Ask.Write(0, 0, 40), new byte[40]), .. Ask.Frame(3, [Ask.Read(0, 0, 8), Ask.Read(1, 0, 8)])];
        for (int round = 0; round < 300; round++)
        {
            using RawPeer peer = await plane.DialRawAsync();
            await peer.GreetAsync();
            byte[] bytes = [.. sound, .. sound, .. sound];
            for (int changes = random.Next(1, 6); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await peer.TrySendAsync(bytes);
        }

        await Plane.ServesAsync(other);
        await Eventually.IsTrue(() => plane.Listener.ConnectionCount == 1, "only the other connection is left");
    }

    private static byte[] WithLength(int length)
    {
        byte[] frame = Ask.Frame(2, Ask.Read(0, 0, 8));
        BitConverter.TryWriteBytes(frame, length);
        return frame;
    }

    private static byte[] WithFields(ushort length)
    {
        byte[] frame = Ask.Frame(2, Ask.Read(0, 0, 8));
        BitConverter.TryWriteBytes(frame.AsSpan(6), length);
        return frame;
    }

    private static byte[] WithType(byte[] frame, FrameType type)
    {
        frame[4] = (byte)type;
        return frame;
    }
}
