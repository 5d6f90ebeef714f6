using System.Text;
using System.Text.Json;
using ChatOpsBot.Adapters.Console.Json;
using ChatOpsBot.Application.Commands;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Diagnosis;
using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.Console;

public class CheckJsonTests
{
    [Fact]
    public void Write_Fault_IsExactlyAsPromised()
        => Assert.Equal(
            """
            {
              "schema": 1,
              "host": "host42",
              "observedAt": "2026-11-22T08:30:00Z",
              "durationMs": 412,
              "verdict": "fault",
              "primary": {
                "id": "bridge.uplink-missing",
                "subject": "br0",
                "certainty": "certain"
              },
              "findings": [
                {
                  "id": "bridge.uplink-missing",
                  "subject": "br0",
                  "scope": "bridge",
                  "certainty": "certain",
                  "summary": "br0 has no uplink port",
                  "because": [
                    "e.link eth0: master none",
                    "e.cfg: br0 ports eth0"
                  ],
                  "consequenceOf": null,
                  "repair": "bridge/attach-uplink",
                  "question": null,
                  "risk": "D0"
                },
                {
                  "id": "nf.forward-drop-on-bridge",
                  "subject": "br0",
                  "scope": "host",
                  "certainty": "likely",
                  "summary": "FORWARD drops bridged frames",
                  "because": [
                    "e.nft: policy drop"
                  ],
                  "consequenceOf": null,
                  "repair": null,
                  "question": "Who owns the firewall of this host?",
                  "risk": "D3"
                },
                {
                  "id": "bridge.port-blocked",
                  "subject": "vnet0",
                  "scope": "guest",
                  "certainty": "possible",
                  "summary": "vnet0 is not forwarding",
                  "because": [],
                  "consequenceOf": "bridge.uplink-missing",
                  "repair": null,
                  "question": null,
                  "risk": "D0"
                }
              ],
              "rejected": [
                {
                  "id": "nic.uplink-no-carrier",
                  "why": "eth0 has LOWER_UP"
                }
              ],
              "notRead": [
                {
                  "section": "e.nft",
                  "why": "needs root, sudo -n refused"
                }
              ],
              "guests": [
                {
                  "name": "vm1",
                  "tap": "vnet0",
                  "bridge": "br0",
                  "mac": "52:54:00:aa:bb:01",
                  "address": null
                }
              ]
            }
            """,
            Written(output => CheckJson.Write(output, Diagnoses.Fault)));

    [Fact]
    public void Write_Healthy_HasNullPrimaryAndEmptyLists()
        => Assert.Equal(
            """{"schema":1,"host":"host42","observedAt":"1970-01-01T00:00:00Z","durationMs":0,"verdict":"healthy","primary":null,"findings":[],"rejected":[],"notRead":[],"guests":[]}""",
            Compact(Written(output => CheckJson.Write(output, Diagnoses.Healthy))));

    [Fact]
    public void Write_Unreachable_AddsTheError()
        => Assert.Equal(
            """{"schema":1,"host":"host42","observedAt":"1970-01-01T00:00:00Z","durationMs":5000,"verdict":"unreachable","primary":null,"findings":[],"rejected":[],"notRead":[],"guests":[],"error":{"kind":"hostKeyUnknown","message":"add the line"}}""",
            Compact(Written(output => CheckJson.Write(
                output, new CheckOutcome.Unreachable("host42", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(5), ShellFailureKind.HostKeyUnknown, "add the line")))));

    [Fact]
    public void Write_HostileTexts_StayDataAndNeverActOnATerminal()
    {
        foreach (var hostile in Diagnoses.HostileTexts)
        {
            var diagnosis = Diagnoses.Healthy with { Host = hostile, Guests = [new GuestLine(hostile, hostile, hostile, hostile, hostile)] };

            var text = Written(output => CheckJson.Write(output, diagnosis));

            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator);
            using var json = JsonDocument.Parse(text);
            if (!hostile.Any(char.IsSurrogate))
            {
                Assert.Equal(hostile, json.RootElement.GetProperty("host").GetString());
            }
        }
    }

    private static string Written(Action<Stream> write)
    {
        using var output = new MemoryStream();
        write(output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Compact(string json) => string.Concat(json.Split('\n').Select(line => line.Trim())).Replace("\": ", "\":", StringComparison.Ordinal);
}
