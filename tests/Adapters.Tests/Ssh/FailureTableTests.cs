using ChatOpsBot.Application.Ports;
using ChatOpsBot.Adapters.Ssh;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Ssh;

/// <summary>Messages of OpenSSH 8.4 to 9.9 in the C locale, with the lines that come along with them.</summary>
public sealed class FailureTableTests
{
    private const string Changed = "@@@@@@@@@@@@@@@@@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@@@@@@@\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\n";
    private const string Failed = "Host key verification failed.\r\n";
    private const string JumpClosed = "kex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535\n";

    public static TheoryData<string, ShellFailureKind> Messages => new()
    {
        { Changed + "Host key for [127.0.0.1]:22 has changed and you have requested strict checking.\r\n" + Failed, ShellFailureKind.HostKeyChanged },
        { "@       WARNING: REVOKED HOST KEY DETECTED!               @\nED25519 host key for h was revoked and you have requested strict checking.\n" + Failed, ShellFailureKind.HostKeyChanged },
        { "No ED25519 host key is known for [127.0.0.1]:22 and you have requested strict checking.\r\n" + Failed, ShellFailureKind.HostKeyUnknown },
        { "No ECDSA host key is known for jump and you have requested strict checking.\r\n" + Failed + JumpClosed, ShellFailureKind.HostKeyUnknown },
        { Failed, ShellFailureKind.HostKeyUnknown },
        { "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for '/k' are too open.\nLoad key \"/k\": bad permissions\nroot@h: Permission denied (publickey).\n", ShellFailureKind.ClientBroken },
        { "Load key \"/k\": error in libcrypto\nroot@h: Permission denied (publickey).\n", ShellFailureKind.ClientBroken },
        { "Load key \"/k\": incorrect passphrase supplied to decrypt private key\nroot@h: Permission denied (publickey,password).\n", ShellFailureKind.ClientBroken },
        { "no such identity: /k: No such file or directory\nroot@h: Permission denied (publickey).\n", ShellFailureKind.ClientBroken },
        { "/c: line 1: Bad configuration option: nosuch\r\n/c: terminating, 1 bad configuration options\r\n", ShellFailureKind.ClientBroken },
        { "Bad owner or permissions on /root/.ssh/config\r\n", ShellFailureKind.ClientBroken },
        { "unix_listener: path \"/very/long\" too long for Unix domain socket\n", ShellFailureKind.ClientBroken },
        { "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss\n", ShellFailureKind.LoginRefused },
        { "root@10.0.0.1: Permission denied (publickey,gssapi-with-mic).\r\n", ShellFailureKind.LoginRefused },
        { "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\r\nDisconnected from 10.0.0.1 port 22\r\n", ShellFailureKind.LoginRefused },
        { "channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\n" + JumpClosed, ShellFailureKind.Unreachable },
        { "channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\n" + JumpClosed, ShellFailureKind.HostRefused },
        { "mux_client_request_session: session request failed: Session open refused by peer\nchannel 0: open failed: administratively prohibited: open failed\n", ShellFailureKind.HostRefused },
        { "channel 0: open failed: connect failed: open failed\r\n", ShellFailureKind.Unreachable },
        { "exec request failed on channel 0\n", ShellFailureKind.HostRefused },
        { "ssh: Could not resolve hostname h: Name or service not known\r\n", ShellFailureKind.Unreachable },
        { "ssh: Could not resolve hostname h: Temporary failure in name resolution\r\n", ShellFailureKind.Unreachable },
        { "ssh: connect to host 10.0.0.1 port 22: Connection timed out\r\n", ShellFailureKind.TimedOut },
        { "Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out\n", ShellFailureKind.TimedOut },
        { "ssh: connect to host 10.0.0.1 port 22: Connection refused\r\n", ShellFailureKind.Unreachable },
        { "ssh: connect to host 10.0.0.1 port 22: No route to host\r\n", ShellFailureKind.Unreachable },
        { "ssh: connect to host 10.0.0.1 port 22: Network is unreachable\r\n", ShellFailureKind.Unreachable },
        { "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.0.0.1 port 22\r\n", ShellFailureKind.Unreachable },
        { "kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22\n", ShellFailureKind.Unreachable },
        { "Connection closed by 10.0.0.1 port 22\r\n", ShellFailureKind.Unreachable },
        { "Timeout, server 10.0.0.1 not responding.\r\n", ShellFailureKind.TimedOut },
        { "client_loop: send disconnect: Broken pipe\r\n", ShellFailureKind.Unreachable },
        { "Connection to 10.0.0.1 closed by remote host.\r\n", ShellFailureKind.Unreachable },
        { "mux_client_request_session: read from master failed: Broken pipe\n", ShellFailureKind.Unreachable },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Find_MessageOfTheClient_HasItsKind(string text, ShellFailureKind kind)
    {
        var found = FailureTable.Find(text);

        Assert.Equal(kind, found?.Row.Kind);
        Assert.NotEqual("", found?.Line);
    }

    [Fact]
    public void Find_EveryRow_IsReachedByAMessage()
    {
        var reached = Messages.Select(row => FailureTable.Find(row.Data.Item1)?.Row).ToHashSet();

        Assert.Empty(FailureTable.Rows.Where(row => !reached.Contains(row)).Select(row => row.Sentence));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u001b[31mnothing known")]
    public void Find_AnythingElse_IsNothing(string text) => Assert.Null(FailureTable.Find(text));
}
