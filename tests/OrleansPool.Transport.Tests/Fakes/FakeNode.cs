using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Server;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>
/// A node of one segment. Reads of <see cref="Tagged"/> bring their own number over and over, so that an answer shows whose it is.
/// Tests hold requests up, or make them fail.
/// </summary>
internal sealed class FakeNode : IDataService
{
    public const int BlockBytes = 4096;
    public const int BlockCount = 256;

    /// <summary>Reads of this segment are answered with the version that they know.</summary>
    public static readonly SegmentId Tagged = new(77);

    private readonly byte[] _memory = new byte[BlockBytes * BlockCount];
    private readonly Lock _gate = new();
    private ulong _version;

    public string Cluster { get; init; } = "test";

    public NodeIncarnation Node { get; init; } = new(7);

    public Func<Hello, ValueTask<Admission>> OnAdmit { get; set; } =
        hello => new(Admission.Of(new Principal(System.Text.Encoding.UTF8.GetString(hello.Credentials.Span), hello.Sender)));

    /// <summary>What a read waits for; null for nothing.</summary>
    public Func<BlockRead, Task?> OnRead { get; set; } = _ => null;

    /// <summary>What a change waits for; null for nothing.</summary>
    public Func<BlockWrite, Task?> OnWrite { get; set; } = _ => null;

    /// <summary>A wait that is over as soon as another thread comes to it.</summary>
    public static async Task LaterAsync() => await Task.Yield();

    /// <summary>Everything that was asked, and by whom.</summary>
    public ConcurrentQueue<(string Caller, string Request)> Asked { get; } = new();

    public bool IsRecording { get; set; }

    public ValueTask<Admission> AdmitAsync(Hello hello, string remoteName) => OnAdmit(hello);

    public bool TryRead(Principal caller, in BlockRead read, Span<byte> destination, out BlockReadReply reply)
    {
        reply = default;
        if (OnRead(read) is { IsCompletedSuccessfully: false }) return false;
        Record(caller, nameof(BlockRead));
        reply = Read(read, destination);
        return true;
    }

    public async ValueTask<BlockReadReply> ReadAsync(Principal caller, BlockRead read, Memory<byte> destination)
    {
        if (OnRead(read) is { } hold) await hold;
        Record(caller, nameof(BlockRead));
        return Read(read, destination.Span);
    }

    public ValueTask<BlockWriteReply> WriteAsync(Principal caller, in BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        if (IsRecording) Record(caller, write.Kind.ToString());
        return OnWrite(write) is { IsCompletedSuccessfully: false } hold ? WriteLateAsync(hold, write, bytes) : new(Change(write, bytes.Span));
    }

    public ValueTask WriteAsync(Principal caller, ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<byte> bytes, Memory<BlockWriteReply> replies)
    {
        Record(caller, "Batch");
        if (writes.Length > 0 && OnWrite(writes.Span[0]) is { IsCompletedSuccessfully: false } hold) return WriteLateAsync(hold, writes, bytes, replies);
        ChangeAll(writes.Span, bytes.Span, replies.Span);
        return default;
    }

    /// <summary>Bytes of a block, as they are now.</summary>
    public byte[] Copy(int block, int offset, int count)
    {
        lock (_gate) return _memory.AsSpan((block * BlockBytes) + offset, count).ToArray();
    }

    private static bool IsInBounds(int block, int offset, int count) =>
        (uint)block < BlockCount && offset >= 0 && count >= 0 && (long)offset + count <= BlockBytes;

    private async ValueTask<BlockWriteReply> WriteLateAsync(Task hold, BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        await hold.ConfigureAwait(false);
        return Change(write, bytes.Span);
    }

    private async ValueTask WriteLateAsync(Task hold, ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<byte> bytes, Memory<BlockWriteReply> replies)
    {
        await hold.ConfigureAwait(false);
        ChangeAll(writes.Span, bytes.Span, replies.Span);
    }

    private void Record(Principal caller, string request)
    {
        if (IsRecording) Asked.Enqueue((caller.Name, request));
    }

    private BlockReadReply Read(in BlockRead read, Span<byte> destination)
    {
        if (read.Segment == Tagged)
        {
            MemoryMarshal.Cast<byte, ulong>(destination).Fill(read.KnownVersion);
            return new BlockReadReply(OperationStatus.Ok, read.KnownVersion);
        }

        if (!IsInBounds(read.Block, read.Offset, read.Count)) return new BlockReadReply(OperationStatus.OutOfBounds, 0);
        lock (_gate)
        {
            _memory.AsSpan((read.Block * BlockBytes) + read.Offset, read.Count).CopyTo(destination);
            return new BlockReadReply(OperationStatus.Ok, _version);
        }
    }

    private void ChangeAll(ReadOnlySpan<BlockWrite> writes, ReadOnlySpan<byte> bytes, Span<BlockWriteReply> replies)
    {
        for (int i = 0; i < writes.Length; i++)
        {
            int count = writes[i].Kind == BlockWriteKind.Write ? writes[i].Count : 0;
            replies[i] = Change(writes[i], bytes[..count]);
            bytes = bytes[count..];
        }
    }

    private BlockWriteReply Change(in BlockWrite write, ReadOnlySpan<byte> bytes)
    {
        int count = write.Kind == BlockWriteKind.Write ? bytes.Length : sizeof(long);
        if (!IsInBounds(write.Block, write.Offset, count)) return new BlockWriteReply(OperationStatus.OutOfBounds, 0, 0);
        lock (_gate)
        {
            Span<byte> place = _memory.AsSpan((write.Block * BlockBytes) + write.Offset, count);
            if (write.Kind == BlockWriteKind.Write)
            {
                bytes.CopyTo(place);
                return new BlockWriteReply(OperationStatus.Ok, ++_version, count);
            }

            long before = BinaryPrimitives.ReadInt64LittleEndian(place);
            if (write.Kind == BlockWriteKind.CompareExchange && before != write.Expected) return new BlockWriteReply(OperationStatus.Mismatch, _version, before);
            long after = write.Kind == BlockWriteKind.Add ? before + write.Operand : write.Operand;
            BinaryPrimitives.WriteInt64LittleEndian(place, after);
            return new BlockWriteReply(OperationStatus.Ok, ++_version, write.Kind == BlockWriteKind.Add ? after : before);
        }
    }
}
