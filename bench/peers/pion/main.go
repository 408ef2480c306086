// A broadcast server of the smallest kind over Pion: one host by WHIP, viewers by WHEP, each packet written to one
// TrackLocalStaticRTP, which all viewers share. It prints its address and runs until it is ended.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// At most one keyframe request in this time, however many viewers ask.
const requestInterval = time.Second / 2

type broadcast struct {
	api   *webrtc.API
	track *webrtc.TrackLocalStaticRTP
	host  atomic.Pointer[webrtc.PeerConnection]
	ssrc  atomic.Uint32
	asked atomic.Int64
}

func main() {
	address := os.Args[1]
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(address)})
	check(err)
	settings := webrtc.SettingEngine{}
	settings.SetICEUDPMux(webrtc.NewICEUDPMux(nil, socket))
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	capability := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	track, err := webrtc.NewTrackLocalStaticRTP(capability, "video", "bench")
	check(err)
	// The default media engine and interceptors: NACK both ways, reports, transport-wide feedback.
	b := &broadcast{api: webrtc.NewAPI(webrtc.WithSettingEngine(settings)), track: track}
	http.HandleFunc("POST /whip", b.answering(b.publish))
	http.HandleFunc("POST /whep", b.answering(b.watch))
	listener, err := net.Listen("tcp4", net.JoinHostPort(address, "0"))
	check(err)
	fmt.Printf("http://%s\n", listener.Addr())
	check(http.Serve(listener, nil))
}

func (b *broadcast) answering(prepare func(*webrtc.PeerConnection) error) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		answer, err := b.answer(request.Body, prepare)
		if err != nil {
			http.Error(response, err.Error(), http.StatusBadRequest)
			return
		}
		response.Header().Set("Content-Type", "application/sdp")
		response.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(response, answer)
	}
}

func (b *broadcast) answer(body io.Reader, prepare func(*webrtc.PeerConnection) error) (string, error) {
	offer, err := io.ReadAll(io.LimitReader(body, 1<<16))
	if err != nil {
		return "", err
	}
	connection, err := b.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	if err := prepare(connection); err != nil {
		return "", err
	}
	description := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: string(offer)}
	if err := connection.SetRemoteDescription(description); err != nil {
		return "", err
	}
	answer, err := connection.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(connection)
	if err := connection.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return connection.LocalDescription().SDP, nil
}

func (b *broadcast) publish(connection *webrtc.PeerConnection) error {
	connection.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		b.ssrc.Store(uint32(remote.SSRC()))
		b.host.Store(connection)
		buffer := make([]byte, 1500)
		for {
			length, _, err := remote.Read(buffer)
			if err != nil {
				return
			}
			if _, err := b.track.Write(buffer[:length]); err != nil {
				return
			}
		}
	})
	return nil
}

func (b *broadcast) watch(connection *webrtc.PeerConnection) error {
	sender, err := connection.AddTrack(b.track)
	if err != nil {
		return err
	}
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateConnected:
			b.requestKeyframe()
		case webrtc.PeerConnectionStateFailed:
			_ = connection.Close()
		}
	})
	go func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, packet := range packets {
				switch packet.(type) {
				case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
					b.requestKeyframe()
				}
			}
		}
	}()
	return nil
}

func (b *broadcast) requestKeyframe() {
	now, last := time.Now().UnixNano(), b.asked.Load()
	host := b.host.Load()
	if host == nil || now-last < int64(requestInterval) || !b.asked.CompareAndSwap(last, now) {
		return
	}
	_ = host.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: b.ssrc.Load()}})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
