using System.Buffers.Binary;
using CsCheck;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>
/// Random streams of operations against a model of dictionaries and arrays. After every step: every answer and every byte is the
/// model's, free + leased (+ dirty) = capacity, no block is in two leases, and the segment's own integrity walk passes.
/// </summary>
public sealed class SegmentModelTests
{
    private const int BlockBytes = 64;
    private const int BlockCount = 24;

    private enum Act
    {
        Alloc, Free, Transfer, Keep, Renew, Write, CompareExchange, Add, Inspect, Sweep, Advance, Zero, Fence, FencedWrite,
    }

    private static readonly Gen<(Act Act, int A, int B, long C)[]> Streams =
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 1_000], Gen.Int[0, 1_000], Gen.Long[-3, 3]).Array[1, 120];

    [Fact]
    public void A_segment_answers_as_its_model_does() =>
        Streams.Sample(stream =>
        {
            using var model = new Model();
            foreach ((Act act, int a, int b, long c) in stream) model.Do(act, a, b, c);
            model.End();
        }, iter: 1_500, threads: 1);

    private sealed class Lease
    {
        public required LeaseView View;
        public required List<int> Blocks;
        public required byte[][] Bytes;
        public required TimeSpan Duration;
        public Tick ExpiresAt;
        public bool IsKept;

        /// <summary>The fence of each block's bytes; zero for none.</summary>
        public required ulong[][] Fences;
    }

    private sealed class Model : IDisposable
    {
        private readonly SegmentFixture _fixture = new(BlockBytes, BlockCount) { ZeroesAtOnce = false };
        private readonly List<Lease> _alive = [];
        private readonly List<(LeaseKey Key, int Block, bool Expired)> _ended = [];
        private int _zeroed;

        public void Do(Act act, int a, int b, long c)
        {
            switch (act)
            {
                case Act.Alloc: Alloc(1 + (a % 9), TimeSpan.FromMilliseconds(100 + b)); break;
                case Act.Free when Pick(a) is { } lease: Free(lease); break;
                case Act.Transfer when Pick(a) is { } lease: Transfer(lease); break;
                case Act.Keep when Pick(a) is { } lease: Keep(lease); break;
                case Act.Renew when Pick(a) is { } lease: Renew(lease); break;
                case Act.Write when Pick(a) is { } lease: Write(lease, b, (byte)(a ^ c)); break;
                case Act.CompareExchange when Pick(a) is { } lease: CompareExchange(lease, b, c); break;
                case Act.Add when Pick(a) is { } lease: Add(lease, b, c); break;
                case Act.Inspect when Pick(a) is { } lease: Inspect(lease); break;
                case Act.Sweep: Sweep(); break;
                case Act.Advance: _fixture.Now += TimeSpan.FromMilliseconds(a / 4); break;
                case Act.Zero: ZeroOne(); break;
                case Act.Fence when Pick(a) is { } lease: Fence(lease, a, b, (ulong)(c + 4)); break;
                case Act.FencedWrite when Pick(a) is { } lease: FencedWrite(lease, b, (ulong)(c + 4)); break;
            }

            Check();
        }

        public void End()
        {
            foreach (Lease lease in _alive.ToArray()) Free(lease);
            while (ZeroOne())
            {
            }

            Assert.Equal(BlockCount, _fixture.Segment.FreeBlockCount);
            Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Plain(OperationKind.Close)).Status);
        }

        public void Dispose() => _fixture.Dispose();

        private int DirtyCount => _ended.Count == 0 ? 0 : BlockCount - _alive.Sum(lease => lease.Blocks.Count) - _fixture.Segment.FreeBlockCount;

        private Lease? Pick(int a) => _alive.Count == 0 ? null : _alive[a % _alive.Count];

        private void Alloc(int blocks, TimeSpan duration)
        {
            bool fits = blocks <= _fixture.Segment.FreeBlockCount;
            OperationResult result = _fixture.Step(Operation.Alloc(blocks, duration, "model"));
            Assert.Equal(fits ? OperationStatus.Ok : OperationStatus.Exhausted, result.Status);
            if (!fits) return;
            List<int> chain = [.. result.Lease.Runs.SelectMany(run => Enumerable.Range(run.First, run.Count))];
            Assert.Equal(blocks, chain.Count);
            Assert.Equal(chain[0], result.Lease.Key.Head);
            Assert.Empty(_alive.SelectMany(lease => lease.Blocks).Intersect(chain));
            _ended.RemoveAll(ended => chain.Contains(ended.Block));
            _alive.Add(new Lease
            {
                View = result.Lease,
                Blocks = chain,
                Bytes = [.. chain.Select(_ => new byte[BlockBytes])],
                Fences = [.. chain.Select(_ => new ulong[BlockBytes])],
                Duration = duration,
                ExpiresAt = _fixture.Now + duration,
            });
        }

        private void Free(Lease lease)
        {
            Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Free, lease.View.Key));
            Forget(lease, expired: false);
        }

        private void Transfer(Lease lease)
        {
            LeaseKey old = lease.View.Key;
            OperationResult result = _fixture.Step(Operation.OnLease(OperationKind.Transfer, old));
            Assert.Equal(OperationStatus.Ok, result.Status);
            Assert.True(result.Lease.Key.Generation > old.Generation);
            Assert.Equal(OperationStatus.Fenced, _fixture.OnLease(OperationKind.Renew, old));
            lease.View = result.Lease;
            if (!lease.IsKept) lease.ExpiresAt = _fixture.Now + lease.Duration;
        }

        private void Keep(Lease lease)
        {
            OperationResult result = _fixture.Step(Operation.Keep(lease.View.Key, "region"));
            Assert.Equal((OperationStatus.Ok, TimeSpan.MaxValue), (result.Status, result.Lease.Duration));
            lease.IsKept = true;
            lease.ExpiresAt = Tick.Never;
        }

        private void Renew(Lease lease)
        {
            Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Renew, lease.View.Key));
            if (!lease.IsKept) lease.ExpiresAt = _fixture.Now + lease.Duration;
        }

        private void Write(Lease lease, int b, byte value)
        {
            int ordinal = b % lease.Blocks.Count;
            int offset = b % BlockBytes;
            byte[] bytes = [.. Enumerable.Repeat(value, Math.Min(1 + (b % 20), BlockBytes - offset))];
            Assert.Equal(
                OperationStatus.Ok, _fixture.Step(Operation.Write(lease.View.Key, lease.Blocks[ordinal], offset, bytes)).Status);
            bytes.CopyTo(lease.Bytes[ordinal], offset);
        }

        private void CompareExchange(Lease lease, int b, long c)
        {
            int ordinal = b % lease.Blocks.Count;
            Span<byte> at = lease.Bytes[ordinal].AsSpan(b % (BlockBytes / 8) * 8, 8);
            long found = BinaryPrimitives.ReadInt64LittleEndian(at);
            OperationResult result = _fixture.Step(
                Operation.CompareExchange(lease.View.Key, lease.Blocks[ordinal], b % (BlockBytes / 8) * 8, c, c + 1));
            Assert.Equal((found == c ? OperationStatus.Ok : OperationStatus.Mismatch, found), (result.Status, result.Value));
            if (found == c) BinaryPrimitives.WriteInt64LittleEndian(at, c + 1);
        }

        private void Add(Lease lease, int b, long c)
        {
            int ordinal = b % lease.Blocks.Count;
            Span<byte> at = lease.Bytes[ordinal].AsSpan(b % (BlockBytes / 8) * 8, 8);
            long sum = unchecked(BinaryPrimitives.ReadInt64LittleEndian(at) + c);
            OperationResult result = _fixture.Step(Operation.Add(lease.View.Key, lease.Blocks[ordinal], b % (BlockBytes / 8) * 8, c));
            Assert.Equal((OperationStatus.Ok, sum), (result.Status, result.Value));
            BinaryPrimitives.WriteInt64LittleEndian(at, sum);
        }

        /// <summary>Locks are granted on some bytes: a newer one counts, an older one comes too late.</summary>
        private void Fence(Lease lease, int a, int b, ulong fence)
        {
            int ordinal = b % lease.Blocks.Count;
            int offset = a % BlockBytes;
            Span<ulong> bytes = lease.Fences[ordinal].AsSpan(offset, 1 + (b % (BlockBytes - offset)));
            bool isLate = bytes.ContainsAnyExceptInRange(0ul, fence);
            OperationStatus status = _fixture.Step(
                Operation.SetFence(lease.View.Key, lease.Blocks[ordinal], offset, bytes.Length, fence, [])).Status;
            Assert.Equal(isLate ? OperationStatus.LockFenced : OperationStatus.Ok, status);
            if (!isLate) bytes.Fill(fence);
        }

        private void FencedWrite(Lease lease, int b, ulong fence)
        {
            int ordinal = b % lease.Blocks.Count;
            int offset = b % BlockBytes;
            byte[] bytes = [.. Enumerable.Repeat((byte)(b + 1), Math.Min(1 + (b % 20), BlockBytes - offset))];
            bool isHolder = !lease.Fences[ordinal].AsSpan(offset, bytes.Length).ContainsAnyExcept(fence);
            OperationStatus status = _fixture.Step(
                Operation.Write(lease.View.Key, lease.Blocks[ordinal], offset, bytes) with { Fence = fence }).Status;
            Assert.Equal(isHolder ? OperationStatus.Ok : OperationStatus.LockFenced, status);
            if (isHolder) bytes.CopyTo(lease.Bytes[ordinal], offset);
        }

        private void Inspect(Lease lease)
        {
            OperationResult result = _fixture.Step(Operation.OnLease(OperationKind.Inspect, SegmentFixture.ReadOnly(lease.View)));
            Assert.Equal((OperationStatus.Ok, lease.View.Key, lease.Blocks.Count), (result.Status, result.Lease.Key, result.Lease.BlockCount));
        }

        private void Sweep()
        {
            _fixture.Sweep();
            foreach (Lease lease in _alive.ToArray())
            {
                if (lease.ExpiresAt <= _fixture.Now) Forget(lease, expired: true);
            }

            Tick next = _alive.Count == 0 ? Tick.Never : _alive.Min(lease => lease.ExpiresAt);
            Assert.True(_fixture.Segment.WakeAt <= next, "a wake-up stands before the next lease runs out");
        }

        private bool ZeroOne()
        {
            if (_zeroed == _fixture.Retired.Count) return false;
            _fixture.Segment.Zero(_fixture.Retired[_zeroed++]);
            return true;
        }

        private void Forget(Lease lease, bool expired)
        {
            _alive.Remove(lease);
            foreach (int block in lease.Blocks) _ended.Add((lease.View.Key, block, expired));
        }

        private void Check()
        {
            Segment segment = _fixture.Segment;
            segment.CheckIntegrity();
            Assert.Null(segment.Fault);
            Assert.Equal(_alive.Count, segment.LeaseCount);
            Assert.Equal(_alive.Sum(lease => lease.Blocks.Count), segment.LeasedBlockCount);
            Assert.InRange(DirtyCount, 0, BlockCount);
            if (_zeroed == _fixture.Retired.Count) Assert.Equal(BlockCount, segment.FreeBlockCount + segment.LeasedBlockCount);
            foreach (Lease lease in _alive)
            {
                for (int i = 0; i < lease.Blocks.Count; i++)
                {
                    Assert.Equal(lease.Bytes[i], _fixture.Read(lease.Blocks[i], lease.View.Key.Generation));
                    Assert.Null(_fixture.Read(lease.Blocks[i], lease.View.Key.Generation + 1_000_000));
                }
            }

            foreach ((LeaseKey key, int block, bool expired) in _ended)
            {
                Assert.Null(_fixture.Read(block, key.Generation));
                if (block != key.Head) continue;
                OperationStatus why = _fixture.Step(Operation.OnLease(OperationKind.Inspect, key)).Status;
                Assert.Equal(expired ? OperationStatus.Expired : OperationStatus.Fenced, why);
            }
        }
    }
}
