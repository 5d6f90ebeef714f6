using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Cards;
using ChatOpsBot.Domain.Incidents;

namespace ChatOpsBot.Application.Approvals;

/// <summary>What a token stands for: one action on one incident as it was shown.</summary>
/// <param name="Action">The action.</param>
/// <param name="Incident">The incident.</param>
/// <param name="Generation">The observation that was shown.</param>
/// <param name="Attempt">The round of approvals; 0 without a plan.</param>
/// <param name="PlanMark">Marks the plan that was shown; empty without one.</param>
public sealed record ButtonTarget(ButtonAction Action, IncidentId Incident, int Generation, int Attempt, string PlanMark)
{
    /// <summary>Whether it was made for exactly that plan and round.</summary>
    public bool IsFor(Proposal proposal) => Generation == proposal.Generation && Attempt == proposal.Attempt && IsFor(proposal.PlanHash);

    /// <summary>Whether it was made for the plan of that hash.</summary>
    public bool IsFor(string planHash) => PlanMark.Length > 0 && PlanMark == ButtonTokens.MarkOf(planHash);
}

/// <summary>
/// Makes and reads the tokens of buttons. A token cannot be guessed or changed, is kept nowhere and stays valid after a restart. It says what was shown, not who may do
/// it: whoever brings it is judged.
/// </summary>
/// <param name="secret">The service's secret.</param>
public sealed class ButtonTokens(IServiceSecret secret)
{
    private const byte Version = 1;
    private const int MarkLength = 16;
    private const int BodyLength = 1 + 1 + 8 + 4 + 4 + MarkLength;
    private const int SealLength = 16;

    private readonly byte[] _key = secret.KeyFor("button tokens 1").ToArray();

    /// <summary>A token for an action on the incident as it is now. The same incident gives the same token.</summary>
    public string Make(ButtonAction action, Incident incident)
    {
        var proposal = CurrentProposal.Of(incident);
        Span<byte> bytes = stackalloc byte[BodyLength + SealLength];
        bytes[0] = Version;
        bytes[1] = (byte)action;
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], incident.Id.Number);
        BinaryPrimitives.WriteInt32BigEndian(bytes[10..], incident.Generation);
        BinaryPrimitives.WriteInt32BigEndian(bytes[14..], proposal?.Attempt ?? 0);
        if (proposal is not null)
        {
            Mark(proposal.PlanHash, bytes.Slice(18, MarkLength));
        }

        Seal(bytes[..BodyLength], bytes[BodyLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>What the token stands for; <see langword="null"/> for anything that this service did not make.</summary>
    public ButtonTarget? Read(string? token)
    {
        Span<byte> bytes = stackalloc byte[BodyLength + SealLength];
        if (token is null || token.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(token, bytes, out var length) || length != bytes.Length)
        {
            return null;
        }

        Span<byte> seal = stackalloc byte[SealLength];
        Seal(bytes[..BodyLength], seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, bytes[BodyLength..]) || bytes[0] != Version || !Enum.IsDefined((ButtonAction)bytes[1]))
        {
            return null;
        }

        var attempt = BinaryPrimitives.ReadInt32BigEndian(bytes[14..]);
        return new(
            (ButtonAction)bytes[1], new(BinaryPrimitives.ReadInt64BigEndian(bytes[2..])), BinaryPrimitives.ReadInt32BigEndian(bytes[10..]), attempt,
            attempt == 0 ? "" : Convert.ToHexStringLower(bytes.Slice(18, MarkLength)));
    }

    /// <summary>The mark of a plan: the beginning of a hash of its hash, long enough that no other plan has it.</summary>
    internal static string MarkOf(string planHash)
    {
        Span<byte> mark = stackalloc byte[MarkLength];
        Mark(planHash, mark);
        return Convert.ToHexStringLower(mark);
    }

    private static void Mark(string planHash, Span<byte> mark) => SHA256.HashData(Encoding.UTF8.GetBytes(planHash)).AsSpan(0, MarkLength).CopyTo(mark);

    private void Seal(ReadOnlySpan<byte> body, Span<byte> seal) => HMACSHA256.HashData(_key, body).AsSpan(0, SealLength).CopyTo(seal);
}
