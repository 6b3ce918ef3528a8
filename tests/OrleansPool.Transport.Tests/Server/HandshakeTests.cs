using System.Text;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Server;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Server;

/// <summary>What may come instead of a greeting: each gets a reason, a line in the log and a count, and harms nobody else.</summary>
public sealed class HandshakeTests
{
    private static readonly Dictionary<string, (byte[] Bytes, RefusalReason Reason)> Beginnings = new()
    {
        ["another cluster"] = ((RawPeer.Greeting with { Cluster = "other" }).ToFrame(), RefusalReason.WrongCluster),
        ["an earlier life of the node"] = ((RawPeer.Greeting with { Target = new NodeIncarnation(6) }).ToFrame(), RefusalReason.WrongIncarnation),
        ["later versions only"] = ((RawPeer.Greeting with { OldestVersion = 9, NewestVersion = 12 }).ToFrame(), RefusalReason.NoCommonVersion),
        ["versions the wrong way round"] = ((RawPeer.Greeting with { OldestVersion = 2, NewestVersion = 1 }).ToFrame(), RefusalReason.Malformed),
        ["HTTP"] = ("GET / HTTP/1.1\r\nHost: node\r\nAccept: */*\r\n\r\n"u8.ToArray(), RefusalReason.Malformed),
        ["TLS"] = ([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. new byte[200]], RefusalReason.Malformed),
        ["Redis"] = (Encoding.ASCII.GetBytes("*2\r\n$3\r\nGET\r\n$20\r\n01234567890123456789\r\n"), RefusalReason.Malformed),
        ["zeroes"] = (new byte[100], RefusalReason.Malformed),
        ["ones"] = ([.. Enumerable.Repeat((byte)0xFF, 100)], RefusalReason.Malformed),
        ["a negative length"] = (With(RawPeer.Greeting.ToFrame(), frame => Put(frame, -1)), RefusalReason.Malformed),
        ["a length that is too long"] = (With(RawPeer.Greeting.ToFrame(), frame => Put(frame, Hello.FrameBytesMax + 1)), RefusalReason.Malformed),
        ["fields beyond the frame"] = (With(RawPeer.Greeting.ToFrame(), frame => frame[6] = frame[7] = 0xFF), RefusalReason.Malformed),
        ["fewer fields than there must be"] = (Ask.Frame(FrameType.Hello, 0, new byte[20], default), RefusalReason.Malformed),
        ["another magic"] = (With(RawPeer.Greeting.ToFrame(), frame => frame[FrameHeader.Size] ^= 1), RefusalReason.Malformed),
        ["a cluster that is no text"] = (With(RawPeer.Greeting.ToFrame(), frame => frame[FrameHeader.Size + 55] = 0xFF), RefusalReason.Malformed),
        ["more credentials than there may be"] = ((RawPeer.Greeting with { Credentials = new byte[Hello.CredentialBytesMax + 1] }).ToFrame(), RefusalReason.Malformed),
        ["a request"] = (Ask.Frame(1, Ask.Read(0, 0, 8)), RefusalReason.Malformed),
    };

    public static TheoryData<NetworkKind, string> BeginningNames =>
        [.. from kind in Enum.GetValues<NetworkKind>() from name in Beginnings.Keys select new TheoryDataRow<NetworkKind, string>(kind, name)];

    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(BeginningNames))]
    public async Task What_is_no_greeting_for_this_node_is_refused_with_a_reason(NetworkKind kind, string name)
    {
        (byte[] bytes, RefusalReason reason) = Beginnings[name];
        await using var plane = new Plane(kind);
        DataConnection other = await plane.ConnectAsync();
        plane.Node.IsRecording = true;
        using RawPeer peer = await plane.DialRawAsync();
        await peer.SendAsync(bytes);
        Refusal refusal = await peer.NextRefusalAsync();
        Assert.Equal(reason, refusal.Reason);
        await peer.HearEndAsync();
        await plane.CountsAsync(counters => counters.RefusedCount(reason), 1);
        await plane.CountsAsync(counters => counters.AdmittedCount, 1);
        await Eventually.IsTrue(() => !plane.Log.Lines.IsEmpty, "the log tells of it");
        await plane.IsLoggedAsync(refusal.Message);
        Assert.Empty(plane.Node.Asked);
        await Plane.ServesAsync(other);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Who_goes_away_in_the_middle_of_a_greeting_leaves_nothing(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { UnprovenMax = 1 });
        byte[] greeting = RawPeer.Greeting.ToFrame();
        foreach (int length in new[] { 0, 1, FrameHeader.Size - 1, FrameHeader.Size, greeting.Length - 1 })
        {
            using (RawPeer peer = await plane.DialRawAsync())
            {
                await peer.TrySendAsync(greeting[..length]);
            }

            await Eventually.IsTrue(() => plane.Listener.UnprovenCount == 0, "nobody is left unproven");
        }

        await Plane.ServesAsync(await plane.ConnectAsync());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_greeting_that_comes_byte_by_byte_and_has_requests_behind_it_is_understood(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        using RawPeer peer = await plane.DialRawAsync();
        byte[] all = [.. RawPeer.Greeting.ToFrame(), .. Ask.Frame(5, Ask.Tagged(9, 16)), .. Ask.Frame(6, Ask.Tagged(10, 16))];
        foreach (byte one in all) await peer.SendAsync(one);
        Assert.Equal(FrameType.Welcome, (await peer.NextAsync())!.Value.Header.Type);
        Assert.Equal(5u, (await peer.NextAsync())!.Value.Header.Correlation);
        Assert.Equal(6u, (await peer.NextAsync())!.Value.Header.Correlation);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_frame_inside_a_greeting_is_nothing_but_credentials(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        plane.Node.IsRecording = true;
        byte[] nested = Ask.Frame(1, Ask.Read(0, 0, 8));
        ReadOnlyMemory<byte> shown = default;
        plane.Node.OnAdmit = hello =>
        {
            shown = hello.Credentials;
            return new(Admission.Of(new Principal("nested", hello.Sender)));
        };
        using RawPeer peer = await plane.DialRawAsync();
        await peer.GreetAsync(RawPeer.Greeting with { Credentials = nested });
        await peer.SendAsync(Ask.Frame(7, Ask.Tagged(1, 8)));
        Assert.Equal(7u, (await peer.NextAsync())!.Value.Header.Correlation);
        Assert.Equal(nested, shown.ToArray());
        Assert.Single(plane.Node.Asked);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Whom_the_service_does_not_admit_is_told_why(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        plane.Node.OnAdmit = _ => new(Admission.Refused(RefusalReason.AccessDenied, "show me something better"));
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => plane.ConnectAsync());
        Assert.Equal((RefusalReason.AccessDenied, true), (lost.Reason, lost.IsUnsent));
        Assert.Contains("show me something better", lost.Message, StringComparison.Ordinal);
        await plane.IsLoggedAsync("show me something better");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_service_that_fails_to_examine_harms_one_connection_only(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        plane.Node.OnAdmit = _ => throw new InvalidOperationException("the store is away");
        await Assert.ThrowsAsync<ConnectionLostException>(() => plane.ConnectAsync());
        await plane.IsLoggedAsync("the store is away");
        await plane.CountsAsync(counters => counters.RefusedCount(RefusalReason.Fault), 1);
        plane.Node.OnAdmit = hello => new(Admission.Of(new Principal("late", hello.Sender)));
        await Eventually.IsTrue(() => plane.Link.GetAsync(Lane.Express, CancellationToken.None).AsTask().ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default).Result, "it connects after the back-off");
    }

    private static byte[] With(byte[] frame, Action<byte[]> change)
    {
        change(frame);
        return frame;
    }

    private static void Put(byte[] frame, int length) => BitConverter.TryWriteBytes(frame, length);
}
