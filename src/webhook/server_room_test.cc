// Whose connection is closed when there are too many.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "webhook/running_server.h"
#include "webhook/server.h"
#include "webhook/test_client.h"

namespace migadapter::webhook {
namespace {

TEST(Server, OneConnectionTooManyTakesThePlaceOfTheLongestIdleOne) {
  Running running(limited({.most_connections = 4}));
  TestClient first(running.port(), nullptr);
  TestClient second(running.port(), nullptr);
  TestClient third(running.port(), nullptr);
  TestClient fourth(running.port(), nullptr);
  // That the third, on the same thread, is answered shows that the first is done and idle.
  for (TestClient* client : {&first, &second, &third, &fourth}) {
    ASSERT_EQ(status_of(client->get("/")), 200);
  }
  TestClient fifth(running.port(), nullptr);  // dealt to the thread that the first is on
  EXPECT_EQ(status_of(fifth.get("/")), 200);
  EXPECT_TRUE(first.server_closes());
  for (TestClient* client : {&second, &third, &fourth}) {
    EXPECT_EQ(status_of(client->get("/")), 200);
  }
}

TEST(Server, AnIdleConnectionOfTheOtherThreadGoesRatherThanTheNewcomer) {
  Running running(limited({.most_connections = 4}));
  TestClient busy(running.port(), nullptr);
  TestClient idle(running.port(), nullptr);
  TestClient also_busy(running.port(), nullptr);  // on the thread of the busy one
  TestClient witness(running.port(), nullptr);    // on the thread of the idle one
  for (TestClient* client : {&busy, &also_busy}) {
    client->send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    ASSERT_EQ(status_of(client->read_reply()), 100);
  }
  ASSERT_EQ(status_of(idle.get("/")), 200);
  ASSERT_EQ(status_of(witness.get("/")), 200);   // so the idle one's reply is written
  TestClient newcomer(running.port(), nullptr);  // on the thread of the busy ones
  EXPECT_EQ(status_of(newcomer.get("/")), 200);
  EXPECT_TRUE(idle.server_closes());
}

TEST(Server, IdleClientsOverTheCapNeverKeepOutOneWithARequest) {
  ServerOptions options;
  options.limits.most_connections = 8;
  Running running(options);
  ClientTls tls(running.ca());
  std::vector<std::unique_ptr<TestClient>> flood;
  for (int i = 0; i < 40; ++i) {
    // Half of them never begin their handshake, the others finish it and say no more.
    flood.push_back(std::make_unique<TestClient>(running.port(), i % 2 == 0 ? nullptr : &tls));
    EXPECT_EQ(status_of(TestClient(running.port(), &tls).get("/")), 200);
  }
}

TEST(Server, ClosesAConnectionOverTheCapWhileAllOthersAreAtWork) {
  Running running(limited({.most_connections = 2}));
  TestClient first(running.port(), nullptr);
  TestClient second(running.port(), nullptr);
  for (TestClient* busy : {&first, &second}) {
    busy->send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    ASSERT_EQ(status_of(busy->read_reply()), 100);
  }
  TestClient third(running.port(), nullptr);
  EXPECT_TRUE(third.server_closes());
  for (TestClient* busy : {&first, &second}) {
    busy->send("ok");
    EXPECT_EQ(status_of(busy->read_reply()), 200);
  }
}

}  // namespace
}  // namespace migadapter::webhook
